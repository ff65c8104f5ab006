// Operators on stored integers (ONNX Runtime's QOperator form): what they compute on real numbers, between Dequantize and Quantize. The
// quantiser then takes the scales as it takes those of QuantizeLinear/DequantizeLinear pairs.
#include "frontend/onnx/q_linear.hpp"

#include "frontend/compose/compose.hpp"
#include "frontend/compose/quantize.hpp"
#include "frontend/onnx/ops.hpp"

#include <algorithm>

namespace tinsmith {

StoredOperands::StoredOperands(NodeReader& r, int opset) : floats{r}, r_(r) {
    floats.in.clear();
    floats.opset = opset;
}

ValueId StoredOperands::real(size_t at, int64_t axis) const {
    return dequantized(r_.b, r_.operand(at), {r_.operand(at + 1), zero_point(at + 2), axis});
}

void StoredOperands::take(size_t at, int64_t axis) { floats.in.push_back(real(at, axis)); }

ValueId StoredOperands::zero_point(size_t at) const { return r_.has(at) ? r_.in[at] : no_value; }

std::vector<ValueId> StoredOperands::stored(const std::vector<ValueId>& results, size_t scale) const {
    const ValueId zero = zero_point(scale + 1);
    const DType dtype = zero == no_value ? DType::u8 : r_.b.type(zero).dtype;
    return {quantized(r_.b, results.at(0), {r_.operand(scale), zero}, dtype)};
}

// A bias is counted in steps of the product of the scales of x and the weights.
void StoredOperands::take_bias(size_t at, size_t x_scale, size_t weights_scale) {
    if (!r_.has(at)) return;
    Compose m{r_.b};
    const ValueId scale = m.mul(m.reshape(r_.operand(x_scale), {}), r_.operand(weights_scale));
    floats.in.push_back(dequantized(r_.b, r_.in[at], {scale, no_value, 0}));
}

ValueId real_operand(NodeReader& r, size_t at, size_t scale, size_t zero_point, int64_t axis) {
    if (r.type(at).dtype == DType::f32) return r.operand(at);
    return dequantized(r.b, r.operand(at), {r.operand(scale), r.has(zero_point) ? r.in[zero_point] : no_value, axis});
}

bool reads_stated_scales(const NodeReader& r, size_t at) {
    const Type& type = r.type(at);
    const Scaling scaling{r.operand(at + 1), r.has(at + 2) ? r.in[at + 2] : no_value};
    return type.quant && type.quant == stated_quant(r.b, type, scaling, type.dtype);
}

static constexpr std::string_view movers[]{
    "Clip",  "Concat",       "DepthToSpace", "Dropout", "Expand",    "Flatten",   "Gather",    "GlobalMaxPool", "Identity",
    "Max",   "MaxPool",      "Min",          "Pad",     "ReduceMax", "ReduceMin", "Relu",      "Reshape",       "Resize",
    "Slice", "SpaceToDepth", "Split",        "Squeeze", "Tile",      "Transpose", "Unsqueeze", "Upsample",
};

static bool is_stored(const Builder& b, ValueId id) { return id != no_value && b.type(id).quant && b.type(id).quant->axis < 0; }

bool moves_stored(const NodeReader& r) {
    const bool mover =
        r.node.domain.empty() && std::find(std::begin(movers), std::end(movers), r.node.op_type) != std::end(movers);
    return mover && std::any_of(r.in.begin(), r.in.end(), [&](ValueId id) { return is_stored(r.b, id); });
}

// Constants of the same element type, such as what a Pad puts in, are counted in the same steps.
std::vector<ValueId> move_as_reals(NodeReader& r, const std::function<std::vector<ValueId>(NodeReader&)>& convert) {
    const ValueId first = *std::find_if(r.in.begin(), r.in.end(), [&](ValueId id) { return is_stored(r.b, id); });
    const Type like = r.b.type(first);
    const Scaling scaling{r.b.floats({like.quant->scale[0]}, {}), r.b.longs({like.quant->zero_point[0]}, {})};
    for (ValueId& id : r.in) {
        if (is_stored(r.b, id))
            id = r.b.add(op::Dequantize, {id});
        else if (id != no_value && r.b.type(id).dtype == like.dtype)
            id = dequantized(r.b, id, scaling);
    }
    std::vector<ValueId> results = convert(r);
    for (ValueId& id : results)
        if (id != no_value && r.b.type(id).dtype == DType::f32) id = quantized(r.b, id, scaling, like.dtype);
    return results;
}

namespace from_onnx {

namespace {

constexpr int plain_opset = 17;  // of the operators that are meant

// y = f(x), f(a, b): every operand followed by its scale and zero point, then those of the result.
std::vector<ValueId> between(NodeReader& r, size_t operands, ConvertOnnx on_floats, int opset = plain_opset) {
    StoredOperands s(r, opset);
    for (size_t i = 0; i < operands; ++i) s.take(3 * i);
    return s.stored(on_floats(s.floats), 3 * operands);
}

std::vector<ValueId> add_floats(NodeReader& r) { return {r.b.add(op::Add, {r.in[0], r.in[1]})}; }
std::vector<ValueId> mul_floats(NodeReader& r) { return {r.b.add(op::Mul, {r.in[0], r.in[1]})}; }
std::vector<ValueId> sigmoid_floats(NodeReader& r) { return {r.b.add(op::Sigmoid, {r.in[0]})}; }
std::vector<ValueId> leaky_relu_floats(NodeReader& r) {
    return {r.b.add(op::LeakyRelu, {r.in[0]}, {{"alpha", r.real("alpha", 0.01)}})};
}

void refuse_channels_last(const NodeReader& r) {
    supported(r.integer("channels_last", 0) == 0, "channels-last pooling, which only ONNX Runtime's own optimiser writes");
}

}  // namespace

std::vector<ValueId> q_linear_add(NodeReader& r) { return between(r, 2, add_floats); }
std::vector<ValueId> q_linear_mul(NodeReader& r) { return between(r, 2, mul_floats); }
std::vector<ValueId> q_linear_sigmoid(NodeReader& r) { return between(r, 1, sigmoid_floats); }
std::vector<ValueId> q_linear_leaky_relu(NodeReader& r) { return between(r, 1, leaky_relu_floats); }
std::vector<ValueId> q_linear_reduce_mean(NodeReader& r) { return between(r, 1, reduce_mean); }

std::vector<ValueId> q_linear_softmax(NodeReader& r) {
    return between(r, 1, softmax, static_cast<int>(r.integer("opset", plain_opset)));
}

std::vector<ValueId> q_linear_average_pool(NodeReader& r) {
    refuse_channels_last(r);
    return between(r, 1, average_pool);
}

std::vector<ValueId> q_linear_global_average_pool(NodeReader& r) {
    refuse_channels_last(r);
    return between(r, 1, global_average_pool);
}

// The result's scale and zero point, then the operands, each with its own.
std::vector<ValueId> q_linear_concat(NodeReader& r) {
    StoredOperands s(r, plain_opset);
    for (size_t i = 2; i < r.in.size(); i += 3) s.take(i);
    return s.stored(concat(s.floats), 0);
}

// The condition, and two operands with their scales.
std::vector<ValueId> q_linear_where(NodeReader& r) {
    const StoredOperands s(r, plain_opset);
    return s.stored({r.b.add(op::Where, {r.operand(0), s.real(1), s.real(4)})}, 7);
}

// Real numbers without a scale for the result.
std::vector<ValueId> q_gemm(NodeReader& r) {
    StoredOperands s(r, plain_opset);
    s.take(0);
    s.take(3, r.integer("transB", 0) != 0 ? 0 : 1);
    s.take_bias(6, 1, 4);
    const std::vector<ValueId> y = gemm(s.floats);
    return r.has(7) ? s.stored(y, 7) : y;
}

}  // namespace from_onnx
}  // namespace tinsmith

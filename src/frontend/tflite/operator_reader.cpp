#include "frontend/tflite/operator_reader.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::tflite {

ValueId OperatorReader::dequantized(ValueId x) {
    supported(b.type(x).quant || b.type(x).dtype == DType::f16, "{} has no scale", to_string(b.type(x)));
    Node node{&op::Dequantize, {x}, {}, {}, b.origin};
    node.outputs = {b.graph.add_value({}, infer_types(b.graph, node)[0])};
    b.graph.nodes.push_back(node);
    return node.outputs[0];
}

ValueId OperatorReader::float_weights(size_t i, size_t x) {
    ValueId weights = operand(i);
    return type(x).dtype == DType::f32 && type(i).quant ? dequantized(weights) : weights;
}

ValueId OperatorReader::hybrid_weights(size_t i, int axis, size_t x) {
    const Type& weights = type(i);
    const bool stored = type(x).dtype == DType::f32 && weights.dtype == DType::i8 && weights.quant;
    if (!stored || (weights.quant->axis != axis && weights.quant->scale.size() > 1)) return float_weights(i, x);
    const std::vector<int64_t>& zeros = weights.quant->zero_point;
    const bool symmetric = std::all_of(zeros.begin(), zeros.end(), [](int64_t zero) { return zero == 0; });
    return symmetric ? operand(i) : float_weights(i, x);
}

bool OperatorReader::all_stored(std::span<const size_t> weights) const {
    return type(0).dtype == DType::f32 && std::all_of(weights.begin(), weights.end(), [&](size_t i) {
               return !has(i) || (type(i).dtype == DType::i8 && type(i).quant && type(i).quant->scale.size() == 1 &&
                                  type(i).quant->zero_point[0] == 0);
           });
}

std::string OperatorReader::fused(ActivationFunctionType type) const {
    auto name = activation_name(type);
    supported(name.has_value(), "the fused activation {} has no counterpart", EnumNameActivationFunctionType(type));
    return std::string(*name);
}

ValueId OperatorReader::activated(ValueId x, ActivationFunctionType type) {
    switch (type) {
        case ActivationFunctionType::NONE: return x;
        case ActivationFunctionType::RELU: return b.add(op::Relu, {x});
        case ActivationFunctionType::RELU6: return b.add(op::Relu6, {x});
        case ActivationFunctionType::RELU_N1_TO_1: return b.add(op::ReluN1To1, {x});
        case ActivationFunctionType::TANH: return b.add(op::Tanh, {x});
        default: fail(Fault::unsupported, "the fused activation {} has no counterpart", EnumNameActivationFunctionType(type));
    }
}

// The row of the operator list that computes exactly this built-in, without attributes.
static const OpDef* one_to_one(BuiltinOperator code) {
    for (const OpDef* def : all_ops())
        if (def->tflite.builtin == static_cast<int>(code) && def->attrs.empty()) return def;
    return nullptr;
}

static std::vector<ValueId> read_one_to_one(OperatorReader& r) {
    const OpDef& def = *one_to_one(r.code);
    for (size_t i = 0; i < def.operands.size(); ++i)
        if (!def.operands[i].optional) r.operand(i);
    return r.b.add_all(def, r.in);
}

ReadOperator reader_of(BuiltinOperator code) {
    const std::array families{elementwise_readers(), movement_readers(), reshaping_readers(),
                              reduction_readers(),   spatial_readers(),  sequence_readers()};
    for (std::span<const ReadRow> family : families) {
        auto row = std::find_if(family.begin(), family.end(), [&](const ReadRow& r) { return r.code == code; });
        if (row != family.end()) return row->read;
    }
    return one_to_one(code) ? read_one_to_one : nullptr;
}

}  // namespace tinsmith::tflite

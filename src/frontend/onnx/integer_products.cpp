// MatMulInteger, ConvInteger, QLinearMatMul and QLinearConv: exact integer sums, computed in floats that hold them exactly. Between
// operands of stated scales the latter two are products of real numbers, for the quantiser.
#include "frontend/compose/convolve.hpp"
#include "frontend/compose/product.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/q_linear.hpp"
#include "frontend/onnx/spatial.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

// A vector of numbers that belong to one axis, counted from the back, shaped to broadcast.
ValueId along_axis(Compose& m, ValueId v, int64_t from_back) {
    if (m.b.type(v).elements() == 1) return m.reshape(v, {});
    Shape shape(static_cast<size_t>(from_back) + 1, 1);
    shape[0] = m.b.type(v).elements();
    return m.shape(v).size() <= 1 ? m.reshape(v, shape) : v;
}

// x - zero_point as floats; the zero point is one number, or one for each index of an axis.
ValueId centered(Compose& m, NodeReader& r, size_t x, size_t zero_point, int64_t axis_from_back) {
    const DType d = r.type(x).dtype;
    supported(d == DType::i8 || d == DType::u8, "an integer product of {}", to_string(r.type(x)));
    const ValueId value = m.cast(r.operand(x), DType::f32);
    if (!r.has(zero_point)) return value;
    return m.sub(value, along_axis(m, m.cast(r.in[zero_point], DType::f32), axis_from_back));
}

// An i32 convolution of floats that hold integers up to 255, over as many input channels at a time as floats count exactly.
ValueId exact_convolution(Compose& m, NodeReader& r, ValueId x, ValueId weights) {
    constexpr int64_t most_products = 256;
    const Shape in = m.shape(x), kernel = m.shape(weights);
    check(in.size() >= 3 && in.size() <= 5 && kernel.size() == in.size(), "the input is {}, the weights are {}", to_string(in),
          to_string(kernel));
    const SpatialWindow w = read_window(r, Shape(in.begin() + 2, in.end()), Ints(kernel.begin() + 2, kernel.end()));
    const int64_t group = r.integer("group", 1), cells = element_count(w.kernel);
    const int64_t piece = std::max<int64_t>(1, most_products / std::max<int64_t>(1, cells));
    supported(cells <= most_products && (group == 1 || kernel[1] <= piece),
              "a sum of {} integer products for each output; floats hold {} exactly", cells * kernel[1], most_products);
    ValueId sum = no_value;
    for (int64_t from = 0; from < kernel[1] || sum == no_value; from += piece) {
        const int64_t to = std::min(kernel[1], from + piece);
        const ValueId part =
            m.cast(convolve(m, group == 1 ? m.slice(x, 1, from, to) : x, m.slice(weights, 1, from, to), no_value, w, group),
                   DType::i32);
        sum = sum == no_value ? part : m.add(sum, part);
    }
    return sum;
}

// round(sum * scale) + zero_point, saturated.
ValueId requantize(Compose& m, ValueId sum, ValueId scale, ValueId zero_point) {
    const DType d = m.dtype(zero_point);
    supported(d == DType::i8 || d == DType::u8, "a quantised output of {}", dtype_name(d));
    supported(
        d == DType::u8 || m.b.graph.is_constant(scale),
        "a signed product whose scales are computed at run time (ONNX's reference wraps around where ONNX Runtime saturates)");
    const ValueId scaled = m.unary(op::Round, m.mul(m.cast(sum, DType::f32), scale));
    const ValueId shifted = m.add(scaled, m.reshape(m.cast(zero_point, DType::f32), {}));
    return m.cast(m.clamp(shifted, d == DType::i8 ? -128 : 0, d == DType::i8 ? 127 : 255), d);
}

std::vector<ValueId> product_of_reals(NodeReader& r, ConvertOnnx on_floats, int64_t weights_axis) {
    StoredOperands s(r, r.opset);
    s.take(0);
    s.take(3, weights_axis);
    s.take_bias(8, 1, 4);
    return s.stored(on_floats(s.floats), 6);
}

}  // namespace

std::vector<ValueId> mat_mul_integer(NodeReader& r) {
    Compose m{r.b};
    return {exact_matrix_product(m, centered(m, r, 0, 2, 1), centered(m, r, 1, 3, 0))};
}

std::vector<ValueId> conv_integer(NodeReader& r) {
    Compose m{r.b};
    const ValueId x = centered(m, r, 0, 2, 0), weights = centered(m, r, 1, 3, r.rank(1) - 1);
    return {exact_convolution(m, r, x, weights)};
}

std::vector<ValueId> q_linear_mat_mul(NodeReader& r) {
    if (reads_stated_scales(r, 0)) return product_of_reals(r, mat_mul, r.rank(3) - 1);
    Compose m{r.b};
    const ValueId sum = exact_matrix_product(m, centered(m, r, 0, 2, 1), centered(m, r, 3, 5, 0));
    const ValueId scale =
        m.div(m.mul(along_axis(m, r.operand(1), 1), along_axis(m, r.operand(4), 0)), m.reshape(r.operand(6), {}));
    return {requantize(m, sum, scale, r.operand(7))};
}

std::vector<ValueId> q_linear_conv(NodeReader& r) {
    if (reads_stated_scales(r, 0)) return product_of_reals(r, conv, 0);
    Compose m{r.b};
    const ValueId x = centered(m, r, 0, 2, 0), weights = centered(m, r, 3, 5, r.rank(3) - 1);
    const int64_t spatial = r.rank(0) - 2;
    ValueId sum = exact_convolution(m, r, x, weights);
    if (r.has(8)) sum = m.add(sum, along_axis(m, r.in[8], spatial));
    const ValueId scale =
        m.div(m.mul(m.reshape(r.operand(1), {}), along_axis(m, r.operand(4), spatial)), m.reshape(r.operand(6), {}));
    return {requantize(m, sum, scale, r.operand(7))};
}

}  // namespace tinsmith::from_onnx

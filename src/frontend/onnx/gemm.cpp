// Gemm and MatMul. A constant right operand makes a fully connected layer.
#include "frontend/compose/product.hpp"
#include "frontend/onnx/ops.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

// c [M,N] by broadcasting as a bias [N], or no_value where it differs from row to row.
ValueId as_bias(Compose& m, ValueId c, int64_t n) {
    const Shape& shape = m.shape(c);
    if (!m.b.graph.is_constant(c) || (shape.size() == 2 && shape[0] != 1)) return no_value;
    return m.expand(m.reshape(c, {m.b.type(c).elements()}), {n});
}

}  // namespace

namespace from_onnx {

std::vector<ValueId> gemm(NodeReader& r) {
    Compose m{r.b};
    check(r.rank(0) == 2 && r.rank(1) == 2, "the operands are {} and {}, not matrices", to_string(r.type(0)),
          to_string(r.type(1)));
    supported(r.type(0).dtype == DType::f32, "a matrix product of {}; TFLite has float ones", to_string(r.type(0)));
    ValueId a = r.operand(0), b = r.operand(1);
    const bool trans_a = r.integer("transA", 0) != 0, trans_b = r.integer("transB", 0) != 0;
    const double alpha = r.real("alpha", 1), beta = r.real("beta", 1);
    ValueId c = r.has(2) && beta != 0 ? m.scaled(r.in[2], beta) : no_value;
    const int64_t n = r.shape(1)[trans_b ? 0 : 1];
    if (!r.is_constant(1)) {
        ValueId y = m.scaled(m.b.add(op::MatMul, {a, b}, {{"adj_x", trans_a}, {"adj_y", trans_b}}), alpha);
        return {c == no_value ? y : m.add(y, c)};
    }
    if (trans_a) a = m.transpose(a, {1, 0});
    if (!trans_b) b = m.transpose(b, {1, 0});
    const ValueId bias = c == no_value ? no_value : as_bias(m, c, n);
    const ValueId y = m.b.add(op::FullyConnected, {a, m.scaled(b, alpha), bias});
    return {c == no_value || bias != no_value ? y : m.add(y, c)};
}

std::vector<ValueId> mat_mul(NodeReader& r) {
    Compose m{r.b};
    return {matrix_product(m, r.operand(0), r.operand(1))};
}

}  // namespace from_onnx

}  // namespace tinsmith

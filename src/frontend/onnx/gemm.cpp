// Gemm and MatMul. A constant right operand makes a fully connected layer.
#include "frontend/onnx/compose.hpp"
#include "frontend/onnx/ops.hpp"

#include <numeric>

namespace tinsmith::from_onnx {

namespace {

ValueId swap_last_two(Compose& m, ValueId x) {
    Ints perm(m.shape(x).size());
    std::iota(perm.begin(), perm.end(), 0);
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return m.transpose(x, perm);
}

// c [M,N] by broadcasting as a bias [N], or no_value where it differs from row to row.
ValueId as_bias(Compose& m, ValueId c, int64_t n) {
    const Shape& shape = m.shape(c);
    if (!m.b.graph.is_constant(c) || (shape.size() == 2 && shape[0] != 1)) return no_value;
    return m.expand(m.reshape(c, {m.b.type(c).elements()}), {n});
}

// Integers have no matrix product in TFLite: a[..., m, k, 1] * b[..., 1, k, n] summed over k.
ValueId sum_of_products(Compose& m, ValueId a, ValueId b) {
    constexpr int64_t most = int64_t{1} << 24;
    Shape left = m.shape(a), right = m.shape(b);
    left.push_back(1);
    right.insert(right.end() - 2, 1);
    const Shape both = broadcast(left, right);
    supported(element_count(both) <= most, "a product of {} matrices this large; TFLite has none of integers", dtype_name(m.dtype(a)));
    const ValueId products = m.mul(m.reshape(a, left), m.reshape(b, right));
    return m.reduce(op::ReduceSum, products, {static_cast<int64_t>(both.size()) - 2}, false);
}

}  // namespace

std::vector<ValueId> gemm(NodeReader& r) {
    Compose m{r.b};
    check(r.rank(0) == 2 && r.rank(1) == 2, "the operands are {} and {}, not matrices", to_string(r.type(0)), to_string(r.type(1)));
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
    ValueId a = r.operand(0), b = r.operand(1);
    check(r.rank(0) >= 1 && r.rank(1) >= 1, "an operand is a scalar");
    // A vector on the left is a row, one on the right a column; the result lacks that dimension.
    const bool row = r.rank(0) == 1, column = r.rank(1) == 1;
    if (row) a = m.reshape(a, {1, r.shape(0)[0]});
    if (column) b = m.reshape(b, {r.shape(1)[0], 1});
    ValueId y;
    if (m.dtype(a) != DType::f32)
        y = sum_of_products(m, a, b);
    else if (r.is_constant(1) && m.shape(b).size() == 2)
        y = m.b.add(op::FullyConnected, {a, swap_last_two(m, b)});
    else
        y = m.b.add(op::MatMul, {a, b});
    Shape shape = m.shape(y);
    if (column) shape.pop_back();
    if (row) shape.erase(shape.end() - (column ? 1 : 2));
    return {m.reshape(y, shape)};
}

}  // namespace tinsmith::from_onnx

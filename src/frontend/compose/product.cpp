#include "frontend/compose/product.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

ValueId swap_last_two(Compose& m, ValueId x) {
    Ints perm(m.shape(x).size());
    std::iota(perm.begin(), perm.end(), 0);
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return m.transpose(x, perm);
}

// Integers have no matrix product in TFLite: a[..., m, k, 1] * b[..., 1, k, n] summed over k.
ValueId sum_of_products(Compose& m, ValueId a, ValueId b) {
    constexpr int64_t most = int64_t{1} << 24;
    Shape left = m.shape(a), right = m.shape(b);
    left.push_back(1);
    right.insert(right.end() - 2, 1);
    const Shape both = broadcast(left, right);
    supported(element_count(both) <= most, "a product of {} matrices this large; TFLite has none of integers",
              dtype_name(m.dtype(a)));
    const ValueId products = m.mul(m.reshape(a, left), m.reshape(b, right));
    return m.reduce(op::ReduceSum, products, {static_cast<int64_t>(both.size()) - 2}, false);
}

}  // namespace

ValueId matrix_product(Compose& m, ValueId a, ValueId b) {
    check(!m.shape(a).empty() && !m.shape(b).empty(), "an operand is a scalar");
    const bool row = m.shape(a).size() == 1, column = m.shape(b).size() == 1;
    if (row) a = m.reshape(a, {1, m.shape(a)[0]});
    if (column) b = m.reshape(b, {m.shape(b)[0], 1});
    ValueId y;
    if (m.dtype(a) != DType::f32)
        y = sum_of_products(m, a, b);
    else if (m.b.graph.is_constant(b) && m.shape(b).size() == 2)
        y = m.b.add(op::FullyConnected, {a, swap_last_two(m, b)});
    else
        y = m.b.add(op::MatMul, {a, b});
    Shape shape = m.shape(y);
    if (column) shape.pop_back();
    if (row) shape.erase(shape.end() - (column ? 1 : 2));
    return m.reshape(y, shape);
}

ValueId exact_matrix_product(Compose& m, ValueId a, ValueId b) {
    constexpr int64_t piece = 256;  // 256 * 255 * 255 < 2^24
    const int64_t a_axis = static_cast<int64_t>(m.shape(a).size()) - 1;
    const int64_t b_axis = std::max<int64_t>(0, static_cast<int64_t>(m.shape(b).size()) - 2);
    check(a_axis >= 0 && !m.shape(b).empty(), "an operand is a scalar");
    const int64_t inner = m.shape(a)[a_axis];
    check(inner == m.shape(b)[b_axis], "the inner extents differ: {} and {}", to_string(m.shape(a)), to_string(m.shape(b)));
    ValueId sum = no_value;
    for (int64_t from = 0; from < inner || sum == no_value; from += piece) {
        const int64_t to = std::min(inner, from + piece);
        const ValueId part = m.cast(matrix_product(m, m.slice(a, a_axis, from, to), m.slice(b, b_axis, from, to)), DType::i32);
        sum = sum == no_value ? part : m.add(sum, part);
    }
    return sum;
}

}  // namespace tinsmith

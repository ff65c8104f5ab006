// AveragePool, LpPool and the pools over everything.
#include "frontend/compose/pool.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/spatial.hpp"

#include <numeric>

namespace tinsmith::from_onnx {

namespace {

Ints spatial_axes(const NodeReader& r) {
    check(r.rank(0) >= 3, "the input is {}, without spatial axes", to_string(r.type(0)));
    Ints axes(static_cast<size_t>(r.rank(0)) - 2);
    std::iota(axes.begin(), axes.end(), 2);
    return axes;
}

ValueId power(Compose& m, ValueId x, int64_t p) {
    if (p == 2) return m.unary(op::Square, x);
    x = m.unary(op::Abs, x);
    return p == 1 ? x : m.b.add(op::Pow, {x, m.number(static_cast<double>(p), x)});
}

ValueId root(Compose& m, ValueId x, int64_t p) {
    if (p == 1) return x;
    return p == 2 ? m.unary(op::Sqrt, x) : m.b.add(op::Pow, {x, m.number(1.0 / static_cast<double>(p), x)});
}

}  // namespace

std::vector<ValueId> average_pool(NodeReader& r) {
    Compose m{r.b};
    supported(r.type(0).dtype == DType::f32, "an average of {}; TFLite has float ones", to_string(r.type(0)));
    const bool padding_counts = r.integer("count_include_pad", 0) != 0;
    const PoolInput p = pool_input(r, m);
    return {average_pool(m, p, padding_counts)};
}

std::vector<ValueId> lp_pool(NodeReader& r) {
    Compose m{r.b};
    const int64_t norm = r.integer("p", 2);
    check(norm >= 1 && norm < 1000, "p is {}", norm);
    supported(r.opset >= 2, "LpPool of opset 1");
    PoolInput p = pool_input(r, m);
    const ValueId powers = power(m, p.x, norm);
    ValueId sum;
    if (p.window.dilated()) {
        sum = pool_by_slices(m, op::Add, powers, p.window, 0);
    } else {
        const double cells = static_cast<double>(element_count(p.window.kernel));
        const ValueId padded = pad_with_zeros(m, powers, p.window, true);
        const ValueId mean = pool_channels_last(m, op::AveragePool, to_channels_last(m.b, padded), p.window);
        sum = m.scaled(to_channels_first(m.b, mean), cells);
    }
    return {p.without_added_axis(m, root(m, sum, norm))};
}

std::vector<ValueId> global_average_pool(NodeReader& r) {
    Compose m{r.b};
    return {m.reduce(op::ReduceMean, r.operand(0), spatial_axes(r), true)};
}

std::vector<ValueId> global_max_pool(NodeReader& r) {
    Compose m{r.b};
    return {m.reduce(op::ReduceMax, r.operand(0), spatial_axes(r), true)};
}

std::vector<ValueId> global_lp_pool(NodeReader& r) {
    Compose m{r.b};
    const int64_t p = r.integer("p", 2);
    check(p >= 1 && p < 1000, "p is {}", p);
    return {root(m, m.reduce(op::ReduceSum, power(m, r.operand(0), p), spatial_axes(r), true), p)};
}

}  // namespace tinsmith::from_onnx

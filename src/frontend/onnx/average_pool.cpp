// AveragePool, LpPool and the pools over everything.
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/pool.hpp"

#include <numeric>

namespace tinsmith::from_onnx {

namespace {

// The stated padding as zeros in front of and behind a channels-first x; what remains of the window's padding is the overhang.
ValueId pad_with_zeros(Compose& m, ValueId x, SpatialWindow& w, bool overhang_too) {
    Ints before{0, 0}, after{0, 0};
    for (size_t i = 0; i < w.axes(); ++i) {
        before.push_back(w.before[i]);
        after.push_back(w.after[i] + (overhang_too ? w.overhang[i] : 0));
        w.before[i] = w.after[i] = 0;
        if (overhang_too) w.overhang[i] = 0;
    }
    return m.pad(x, before, after);
}

// How many cells each window averages over, along one axis.
ValueId counts(Compose& m, const SpatialWindow& w, size_t axis, int64_t in, bool padding_counts) {
    supported(w.out[axis] <= (1 << 20), "a dilated average at {} places", w.out[axis]);
    const int64_t low = padding_counts ? -w.before[axis] : 0, high = in + (padding_counts ? w.after[axis] : 0);
    std::vector<float> count(static_cast<size_t>(w.out[axis]), 0.0f);
    for (int64_t o = 0; o < w.out[axis]; ++o)
        for (int64_t k = 0; k < w.kernel[axis]; ++k) {
            const int64_t at = o * w.strides[axis] - w.before[axis] + k * w.dilations[axis];
            if (at >= low && at < high) count[static_cast<size_t>(o)] += 1.0f;
        }
    Shape shape(w.axes() - axis, 1);
    shape[0] = w.out[axis];
    return m.b.floats(std::move(count), shape);
}

ValueId dilated_average(Compose& m, ValueId x, const SpatialWindow& w, bool padding_counts) {
    const Shape in = m.shape(x);
    ValueId y = pool_by_slices(m, op::Add, x, w, 0), count = counts(m, w, 0, in[2], padding_counts);
    for (size_t i = 1; i < w.axes(); ++i) count = m.mul(count, counts(m, w, i, in[i + 2], padding_counts));
    return m.div(y, count);
}

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
    PoolInput p = pool_input(r, m);
    if (p.window.dilated()) return {p.without_added_axis(m, dilated_average(m, p.x, p.window, padding_counts))};
    if (padding_counts && p.window.padded()) p.x = pad_with_zeros(m, p.x, p.window, false);
    const ValueId y = pool_channels_last(m, op::AveragePool, to_channels_last(m.b, p.x), p.window);
    return {p.without_added_axis(m, to_channels_first(m.b, y))};
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

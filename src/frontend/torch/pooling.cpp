// Pools. Those of adaptive size are pools of one window where the extents divide, else one mean or maximum for each place.
#include "frontend/compose/pool.hpp"

#include "frontend/torch/operand.hpp"

#include <cmath>

namespace tinsmith::torch::from_torch {

namespace {

constexpr int64_t limit = int64_t{1} << 31;

Ints per_axis(NodeReader& r, std::string_view name, size_t axes, const Ints& fallback) {
    Ints list = r.integers(name, fallback);
    if (list.empty()) list = fallback;
    if (list.size() == 1) list.assign(axes, list[0]);
    check(list.size() == axes, "argument '{}' has {} numbers for {} axes", name, list.size(), axes);
    for (int64_t v : list) check(v >= 0 && v < limit, "argument '{}' contains {}", name, v);
    return list;
}

struct Operand {
    ValueId x;
    bool added_batch;
};

Operand operand(NodeReader& r, size_t axes, std::string_view name = "self") {
    const ValueId x = r.tensor(name);
    const size_t rank = r.m.shape(x).size();
    check(rank == axes + 1 || rank == axes + 2, "the input is {}, the pool has {} axes", to_string(r.b.type(x)), axes);
    return {with_batch(r.m, x, rank == axes + 1), rank == axes + 1};
}

SpatialWindow window(NodeReader& r, const Shape& x, size_t n) {
    const Ints kernel = per_axis(r, "kernel_size", n, {});
    SpatialWindow w{kernel,
                    per_axis(r, "stride", n, kernel),
                    per_axis(r, "dilation", n, Ints(n, 1)),
                    per_axis(r, "padding", n, Ints(n, 0)),
                    Ints(n),
                    Ints(n),
                    Ints(n)};
    w.after = w.before;
    for (size_t i = 0; i < n; ++i) {
        check(w.kernel[i] >= 1 && w.strides[i] >= 1 && w.dilations[i] >= 1,
              "a kernel of {}, a stride of {} and a dilation of {}", w.kernel[i], w.strides[i], w.dilations[i]);
        place_window(w, i, x[i + 2], r.flag("ceil_mode", false));
    }
    return w;
}

// Maxima of integers are taken in f32 where TFLite pools nothing else.
std::vector<ValueId> max_over(NodeReader& r, size_t axes) {
    const Operand o = operand(r, axes);
    const PoolInput p(r.m, o.x, window(r, r.m.shape(o.x), axes));
    if (!r.wants(1)) return {without_batch(r.m, max_pool(r.m, p), o.added_batch)};
    // PyTorch counts within each channel.
    const Shape s = r.m.shape(o.x);
    int64_t plane = 1;
    for (size_t i = 2; i < s.size(); ++i) plane *= s[i];
    auto results = max_pool_with_places(r.m, p, false);
    const ValueId at =
        r.b.add(op::FloorMod, {r.m.cast(results[1], DType::i32), r.b.scalar(static_cast<double>(plane), DType::i32)});
    return {without_batch(r.m, results[0], o.added_batch), without_batch(r.m, r.m.cast(at, DType::i64), o.added_batch)};
}

std::vector<ValueId> average_over(NodeReader& r, size_t axes) {
    const Operand o = operand(r, axes);
    supported(r.m.dtype(o.x) == DType::f32, "an average of {}; TFLite has float ones", to_string(r.b.type(o.x)));
    SpatialWindow w = window(r, r.m.shape(o.x), axes);
    ValueId y;
    if (r.has("divisor_override")) {
        const double divisor = r.real("divisor_override");
        check(divisor != 0, "divisor_override is 0");
        const double cells = static_cast<double>(element_count(w.kernel));
        const ValueId padded = pad_with_zeros(r.m, o.x, w, true);
        y = r.m.scaled(average_pool(r.m, PoolInput(r.m, padded, w), true), cells / divisor);
    } else {
        y = average_pool(r.m, PoolInput(r.m, o.x, w), r.flag("count_include_pad", true));
    }
    return {without_batch(r.m, y, o.added_batch)};
}

// Place i of n over an extent: from floor(i extent / n) to ceil((i + 1) extent / n).
ValueId adaptive_axis(Compose& m, const OpDef& reduce, ValueId x, int64_t axis, int64_t places) {
    const int64_t extent = m.shape(x)[static_cast<size_t>(axis)];
    std::vector<ValueId> parts;
    supported(places <= 4096, "{} places of an extent of {}", places, extent);
    for (int64_t i = 0; i < places; ++i) {
        const int64_t from = i * extent / places, to = ((i + 1) * extent + places - 1) / places;
        parts.push_back(m.reduce(reduce, m.slice(x, axis, from, to), {axis}, true));
    }
    return m.concat(parts, axis);
}

std::vector<ValueId> adaptive(NodeReader& r, size_t axes, bool average) {
    const Operand o = operand(r, axes);
    const Shape x = r.m.shape(o.x);
    supported(r.m.dtype(o.x) == DType::f32, "a pool of {}; TFLite has float ones", to_string(r.b.type(o.x)));
    supported(!r.wants(1), "the positions of the maxima of an adaptive pool");
    Ints places = per_axis(r, "output_size", axes, {});
    bool all_one = true, divides = true;
    for (size_t i = 0; i < axes; ++i) {
        check(places[i] >= 1 && x[i + 2] >= 1, "{} places of an extent of {}", places[i], x[i + 2]);
        all_one = all_one && places[i] == 1;
        divides = divides && x[i + 2] % places[i] == 0;
    }
    const OpDef& reduce = average ? op::ReduceMean : op::ReduceMax;
    ValueId y = o.x;
    if (all_one) {
        Ints all;
        for (size_t i = 0; i < axes; ++i) all.push_back(static_cast<int64_t>(i) + 2);
        y = r.m.reduce(reduce, o.x, all, true);
    } else if (divides) {
        SpatialWindow w{Ints(axes), Ints(axes), Ints(axes, 1), Ints(axes), Ints(axes), Ints(axes), Ints(axes)};
        for (size_t i = 0; i < axes; ++i) {
            w.kernel[i] = w.strides[i] = x[i + 2] / places[i];
            place_window(w, i, x[i + 2], false);
        }
        const PoolInput p(r.m, o.x, w);
        y = average ? average_pool(r.m, p, false) : max_pool(r.m, p);
    } else {
        for (size_t i = 0; i < axes; ++i) y = adaptive_axis(r.m, reduce, y, static_cast<int64_t>(i) + 2, places[i]);
    }
    return {without_batch(r.m, y, o.added_batch)};
}

}  // namespace

std::vector<ValueId> max_pool1d(NodeReader& r) { return max_over(r, 1); }
std::vector<ValueId> max_pool2d(NodeReader& r) { return max_over(r, 2); }
std::vector<ValueId> max_pool3d(NodeReader& r) { return max_over(r, 3); }
std::vector<ValueId> avg_pool1d(NodeReader& r) { return average_over(r, 1); }
std::vector<ValueId> avg_pool2d(NodeReader& r) { return average_over(r, 2); }
std::vector<ValueId> avg_pool3d(NodeReader& r) { return average_over(r, 3); }
std::vector<ValueId> adaptive_avg_pool1d(NodeReader& r) { return adaptive(r, 1, true); }
std::vector<ValueId> adaptive_avg_pool2d(NodeReader& r) { return adaptive(r, 2, true); }
std::vector<ValueId> adaptive_avg_pool3d(NodeReader& r) { return adaptive(r, 3, true); }
std::vector<ValueId> adaptive_max_pool1d(NodeReader& r) { return adaptive(r, 1, false); }
std::vector<ValueId> adaptive_max_pool2d(NodeReader& r) { return adaptive(r, 2, false); }
std::vector<ValueId> adaptive_max_pool3d(NodeReader& r) { return adaptive(r, 3, false); }

}  // namespace tinsmith::torch::from_torch

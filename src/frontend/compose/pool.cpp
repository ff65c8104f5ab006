// Pools. Those over three axes are two: one over the last two axes, one over the first. Those with dilation are written out.
#include "frontend/compose/pool.hpp"

#include <limits>

namespace tinsmith {

namespace {

SpatialWindow pick(const SpatialWindow& w, std::initializer_list<size_t> which) {
    SpatialWindow out;
    for (size_t i : which) {
        out.kernel.push_back(w.kernel[i]);
        out.strides.push_back(w.strides[i]);
        out.dilations.push_back(w.dilations[i]);
        out.before.push_back(w.before[i]);
        out.after.push_back(w.after[i]);
        out.overhang.push_back(w.overhang[i]);
        out.out.push_back(w.out[i]);
    }
    return out;
}

ValueId pool_2d(Compose& m, const OpDef& op, ValueId x, const SpatialWindow& w) {
    return m.b.add(op, {x}, {{"kernel", w.kernel}, {"strides", w.strides}, {"pads", w.pads()}});
}

}  // namespace

ValueId pool_channels_last(Compose& m, const OpDef& op, ValueId x, const SpatialWindow& w) {
    if (w.axes() == 2) return pool_2d(m, op, x, w);
    Shape s = m.shape(x);
    const ValueId planes = pool_2d(m, op, m.reshape(x, {s[0] * s[1], s[2], s[3], s[4]}), pick(w, {1, 2}));
    SpatialWindow depth = pick(w, {0, 0});
    depth.kernel[1] = depth.strides[1] = depth.dilations[1] = 1;
    depth.before[1] = depth.after[1] = depth.overhang[1] = 0;
    const ValueId y = pool_2d(m, op, m.reshape(planes, {s[0], s[1], w.out[1] * w.out[2], s[4]}), depth);
    return m.reshape(y, {s[0], w.out[0], w.out[1], w.out[2], s[4]});
}

ValueId pool_by_slices(Compose& m, const OpDef& meet, ValueId x, const SpatialWindow& w, double nothing) {
    for (size_t i = 0; i < w.axes(); ++i) {
        const int64_t axis = static_cast<int64_t>(i) + 2;
        Ints before(m.shape(x).size(), 0), after(before);
        before[axis] = w.before[i];
        after[axis] = w.after[i] + w.overhang[i];
        const ValueId padded = m.pad(x, before, after, nothing);
        const int64_t span = (w.out[i] - 1) * w.strides[i] + 1;
        for (int64_t k = 0; k < w.kernel[i]; ++k) {
            const int64_t start = k * w.dilations[i];
            const ValueId tap = m.slice(padded, axis, start, start + span, w.strides[i]);
            x = k == 0 ? tap : m.b.add(meet, {x, tap});
        }
    }
    return x;
}

double lowest(DType dtype) {
    switch (dtype) {
        case DType::i8: return std::numeric_limits<int8_t>::lowest();
        case DType::i16: return std::numeric_limits<int16_t>::lowest();
        case DType::i32: return std::numeric_limits<int32_t>::lowest();
        case DType::u8:
        case DType::u16:
        case DType::u32: return 0;
        default: return std::numeric_limits<float>::lowest();
    }
}

PoolInput::PoolInput(Compose& m, ValueId of, SpatialWindow over) : x(of), window(std::move(over)), added_axis(false) {
    const size_t rank = m.shape(x).size();
    supported(rank <= 5, "a pool over {} axes", rank - 2);
    int64_t taps = 0;
    for (int64_t k : window.kernel) taps += k;
    supported(!window.dilated() || taps <= 256, "a dilated pool over this many cells");
    if (rank == 3) {
        x = at_least_2d(m, x);
        window.insert_axis();
        added_axis = true;
    }
}

ValueId PoolInput::without_added_axis(Compose& m, ValueId y) const {
    const Shape s = m.shape(y);
    return added_axis ? m.reshape(y, {s[0], s[1], s[3]}) : y;
}

namespace {

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

// The position of every element of an [N,C,spatial...] tensor as ONNX counts it: row by row, or with the spatial axes reversed.
ValueId positions(Compose& m, const Shape& shape, bool column_major) {
    std::vector<int64_t> at(static_cast<size_t>(element_count(shape)));
    const Shape spatial(shape.begin() + 2, shape.end());
    const int64_t plane = element_count(spatial);
    for (size_t i = 0; i < at.size(); ++i) {
        int64_t rest = static_cast<int64_t>(i) % plane, step = 1, reversed = 0;
        Ints index(spatial.size());
        for (size_t d = spatial.size(); d-- > 0; rest /= spatial[d]) index[d] = rest % spatial[d];
        for (size_t d = 0; d < spatial.size(); step *= spatial[d++]) reversed += index[d] * step;
        at[i] = static_cast<int64_t>(i) / plane * plane + (column_major ? reversed : static_cast<int64_t>(i) % plane);
    }
    return m.b.longs(std::move(at), shape);
}

// Cell by cell of the window: where x is larger than the best so far, it and its position take over.
std::vector<ValueId> pool_with_places(Compose& m, ValueId x, const SpatialWindow& w, bool column_major) {
    const Shape shape = m.shape(x);
    const int64_t cells = element_count(w.kernel);
    supported(cells <= 64, "the positions of maxima in windows of {} cells; TFLite has no such operator", cells);
    supported(element_count(shape) <= (1 << 22), "the positions of maxima in a tensor of shape {}", to_string(shape));
    ValueId place = positions(m, shape, column_major);
    Ints before{0, 0}, after{0, 0};
    for (size_t i = 0; i < w.axes(); ++i) {
        before.push_back(w.before[i]);
        after.push_back(w.after[i] + w.overhang[i]);
    }
    x = m.pad(x, before, after, lowest(m.dtype(x)));
    place = m.pad(place, before, after);
    ValueId best = no_value, where = no_value;
    for (int64_t cell = 0; cell < cells; ++cell) {
        ValueId value = x, at = place;
        int64_t rest = cell;
        for (size_t i = w.axes(); i-- > 0; rest /= w.kernel[i]) {
            const int64_t start = rest % w.kernel[i] * w.dilations[i], span = (w.out[i] - 1) * w.strides[i] + 1;
            const int64_t axis = static_cast<int64_t>(i) + 2;
            value = m.slice(value, axis, start, start + span, w.strides[i]);
            at = m.slice(at, axis, start, start + span, w.strides[i]);
        }
        where = cell == 0 ? at : m.b.add(op::Where, {m.b.add(op::Greater, {value, best}), at, where});
        best = cell == 0 ? value : m.max(best, value);
    }
    return {best, where};
}

}  // namespace

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

ValueId average_pool(Compose& m, PoolInput p, bool padding_counts) {
    if (p.window.dilated()) return p.without_added_axis(m, dilated_average(m, p.x, p.window, padding_counts));
    if (padding_counts && p.window.padded()) p.x = pad_with_zeros(m, p.x, p.window, false);
    const ValueId y = pool_channels_last(m, op::AveragePool, to_channels_last(m.b, p.x), p.window);
    return p.without_added_axis(m, to_channels_first(m.b, y));
}

ValueId max_pool(Compose& m, const PoolInput& p) {
    ValueId y;
    if (p.window.dilated() || m.dtype(p.x) == DType::i32)
        y = pool_by_slices(m, op::Max, p.x, p.window, lowest(m.dtype(p.x)));
    else
        y = to_channels_first(m.b, pool_channels_last(m, op::MaxPool, to_channels_last(m.b, p.x), p.window));
    return p.without_added_axis(m, y);
}

std::vector<ValueId> max_pool_with_places(Compose& m, const PoolInput& p, bool column_major) {
    const auto results = pool_with_places(m, p.x, p.window, column_major);
    return {p.without_added_axis(m, results[0]), p.without_added_axis(m, results[1])};
}

}  // namespace tinsmith

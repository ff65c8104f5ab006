// Pools. Those over three axes are two: one over the last two axes, one over the first. Those with dilation are written out.
#include "frontend/onnx/pool.hpp"

#include "frontend/onnx/ops.hpp"

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

PoolInput pool_input(NodeReader& r, Compose& m) {
    const Shape shape = r.shape(0);
    PoolInput p{r.operand(0), read_window(r, Shape(shape.begin() + 2, shape.end()), pool_kernel(r)), false};
    supported(shape.size() <= 5, "a pool over {} axes", shape.size() - 2);
    int64_t taps = 0;
    for (int64_t k : p.window.kernel) taps += k;
    supported(!p.window.dilated() || taps <= 256, "a dilated pool over this many cells");
    if (shape.size() == 3) {
        p.x = at_least_2d(m, p.x);
        p.window.insert_axis();
        p.added_axis = true;
    }
    return p;
}

ValueId PoolInput::without_added_axis(Compose& m, ValueId y) const {
    const Shape s = m.shape(y);
    return added_axis ? m.reshape(y, {s[0], s[1], s[3]}) : y;
}

}  // namespace tinsmith

#include "frontend/onnx/resize_at_run_time.hpp"

#include "frontend/compose/compose.hpp"
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

Formula counting(Builder& b, int64_t from, int64_t count, Shape shape) {
    std::vector<float> values;
    for (int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>(from + i));
    return {b, b.floats(std::move(values), std::move(shape))};
}

Formula floor(const Formula& x) { return apply(op::Floor, x); }
Formula ceil(const Formula& x) { return apply(op::Ceil, x); }

// One axis, its parameters being values of the graph.
struct Axis {
    const ResizeAxis& a;
    Formula scale, start, end;

    // ResizeAxis::position for all output pixels, as [out, 1].
    Formula positions() const {
        Builder& b = scale.b();
        double n = static_cast<double>(a.in), out = static_cast<double>(a.out);
        Formula x = counting(b, 0, a.out, {a.out, 1}), wanted = scale * n, one = wanted == 1.0;
        switch (a.coordinates) {
            case Coordinates::half_pixel: return (x + 0.5) / scale - 0.5;
            case Coordinates::half_pixel_symmetric: return (1 - out / wanted) * (n / 2) + (x + 0.5) / scale - 0.5;
            case Coordinates::pytorch_half_pixel: return where(one, x.number(-0.5), (x + 0.5) / scale - 0.5);
            case Coordinates::align_corners: return where(one, x.number(0), x * (n - 1) / (wanted - 1));
            case Coordinates::asymmetric: return x / scale;
            case Coordinates::crop: break;
        }
        Formula span = (end - start) * (n - 1);
        return start * (n - 1) + where(one, span * 0.5, x * span / (wanted - 1));
    }
};

Formula nearest(const Formula& x, Nearest rounding) {
    switch (rounding) {
        case Nearest::floor: return floor(x);
        case Nearest::ceil: return ceil(x);
        case Nearest::prefer_floor: return ceil(x - 0.5);
        case Nearest::prefer_ceil: return floor(x + 0.5);
    }
    return x;
}

// A triangle, or Keys' cubic with coefficient a, at distance x >= 0.
Formula kernel(const Formula& x, bool cubic, double a) {
    if (!cubic) return relu(1 - x);
    Formula near = (x * (a + 2) - (a + 3)) * x * x + 1, far = ((x * a - 5 * a) * x + 8 * a) * x - 4 * a;
    return where(x <= 1, near, where(x < 2, far, x.number(0)));
}

// [out, in] weights: the kernel at every pixel and at those beyond the edges, which are then added to the edges or left out.
Formula weights(const Axis& axis, const Formula& at, const Resizing& z) {
    Builder& b = at.b();
    const ResizeAxis& a = axis.a;
    bool cubic = z.mode == "cubic";
    double stretch = z.antialias ? std::max(1.0, static_cast<double>(a.in) / static_cast<double>(a.out)) : 1;
    auto beyond = static_cast<int64_t>(std::ceil((cubic ? 2 : 1) * stretch)) + 1;
    int64_t taps = a.in + 2 * beyond;
    supported(taps <= (int64_t{1} << 26) / std::max(a.in, a.out), "resizing an extent of {} to {} by a scale known at run time",
              a.in, a.out);
    Formula distance = abs(counting(b, -beyond, taps, {1, taps}) - at);
    if (z.antialias) distance = distance * min(axis.scale, 1.0);
    std::vector<float> folding(static_cast<size_t>(taps * a.in), 0.0f);
    for (int64_t tap = 0; tap < taps; ++tap) {
        int64_t pixel = std::clamp<int64_t>(tap - beyond, 0, a.in - 1);
        if (!z.exclude_outside || pixel == tap - beyond) folding[static_cast<size_t>(tap * a.in + pixel)] = 1;
    }
    Formula folded =
        apply(op::MatMul, kernel(distance, cubic, z.cubic_a), Formula(b, b.floats(std::move(folding), {taps, a.in})));
    if (!z.antialias && !z.exclude_outside) return folded;
    return folded / apply(op::ReduceSum, folded, {{"axes", Ints{1}}, {"keepdims", true}});
}

ValueId resize_axis(Builder& b, ValueId x, size_t d, const Axis& axis, const Resizing& z) {
    Compose c(b);
    const ResizeAxis& a = axis.a;
    double last = static_cast<double>(a.in - 1);
    Formula at = axis.positions();
    Shape shape = c.shape(x), along(shape.size(), 1);
    Shape outer(shape.begin(), shape.begin() + static_cast<int64_t>(d)),
        inner(shape.begin() + static_cast<int64_t>(d) + 1, shape.end());
    along[d] = shape[d] = a.out;
    if (z.mode == "nearest") {
        Formula pixel = cast(min(max(nearest(at, z.rounding), 0.0), last), DType::i32);
        x = b.add(op::Gather, {x, c.reshape(pixel, {a.out})}, {{"axis", static_cast<int64_t>(d)}});
    } else {
        ValueId lines = c.reshape(x, {element_count(outer), a.in, element_count(inner)});
        x = c.reshape(b.add(op::MatMul, {c.reshape(weights(axis, at, z), {1, a.out, a.in}), lines}), shape);
    }
    if (a.coordinates != Coordinates::crop) return x;
    Formula inside = at >= 0 && at <= last;
    return b.add(op::Where, {c.reshape(inside, along), x, c.number(z.extrapolation, x)});
}

}  // namespace

ValueId resize_at_run_time(Builder& b, ValueId x, const Resizing& z, const RunTimeResize& late) {
    Compose c(b);
    DType dtype = c.dtype(x);
    if (z.mode != "nearest") x = c.cast(x, DType::f32);
    auto entry = [&](ValueId list, size_t i, double known) {
        if (list == no_value) return Formula(b, b.scalar(known, DType::f32));
        auto at = static_cast<int64_t>(i);
        return Formula(b, c.reshape(c.slice(c.cast(list, DType::f32), 0, at, at + 1), {}));
    };
    for (size_t i = 0; i < late.axes.size(); ++i) {
        auto d = static_cast<size_t>(late.axes[i]);
        const ResizeAxis& a = z.axes[d];
        // A single pixel is read whatever the scale is; a crop may leave it.
        if (a.in == 1 && a.out == 1 && (a.coordinates != Coordinates::crop || (late.roi == no_value && !a.is_outside(0))))
            continue;
        Axis axis{a, entry(late.scales, i, a.scale), entry(late.roi, i, a.roi_start),
                  entry(late.roi, late.axes.size() + i, a.roi_end)};
        x = resize_axis(b, x, d, axis, z);
    }
    return c.cast(x, dtype);
}

}  // namespace tinsmith

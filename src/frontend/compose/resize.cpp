// TFLite's own operators where they compute the same, else one axis after the other.
#include "frontend/compose/resize.hpp"

#include "frontend/compose/compose.hpp"
#include "frontend/compose/indices.hpp"
#include "frontend/compose/layout.hpp"
#include "kernel/resize.h"

#include <algorithm>

namespace tinsmith {

namespace {

// Whether TFLite's nearest, with these flags, reads the same pixels.
bool reads_the_same(const ResizeAxis& a, Nearest rounding, bool align_corners, bool half_pixel_centers) {
    Ints wanted = a.nearest(rounding);
    for (int64_t i = 0; i < a.out; ++i)
        if (tin_nearest(i, a.in, a.out, align_corners, half_pixel_centers) != wanted[static_cast<size_t>(i)]) return false;
    return true;
}

// Flags under which TFLite's operator computes the same along both axes, or nothing.
std::optional<Attrs> same_in_tflite(const Resizing& z, const ResizeAxis& height, const ResizeAxis& width, DType dtype) {
    auto attrs = [&](bool align_corners, bool half_pixel_centers) {
        return Attrs{{"size", Ints{height.out, width.out}},
                     {"align_corners", align_corners},
                     {"half_pixel_centers", half_pixel_centers}};
    };
    if (std::max({height.in, height.out, width.in, width.out}) > 1 << 20) return std::nullopt;
    if (z.mode == "nearest") {
        if (dtype != DType::f32) return std::nullopt;  // LiteRT resizes bytes in fixed point
        for (auto [align, half] : {std::pair{false, false}, {false, true}, {true, false}})
            if (reads_the_same(height, z.rounding, align, half) && reads_the_same(width, z.rounding, align, half))
                return attrs(align, half);
        return std::nullopt;
    }
    if (z.mode != "linear" || dtype != DType::f32 || z.antialias || z.exclude_outside) return std::nullopt;
    auto exact = [](const ResizeAxis& a) {
        return a.in == a.out || a.scale * static_cast<double>(a.in) == static_cast<double>(a.out);
    };
    if (!exact(height) || !exact(width)) return std::nullopt;
    switch (height.coordinates) {
        case Coordinates::pytorch_half_pixel:
            if ((height.in > 1 && height.out == 1) || (width.in > 1 && width.out == 1)) return std::nullopt;
            return attrs(false, true);
        case Coordinates::half_pixel:
        case Coordinates::half_pixel_symmetric: return attrs(false, true);
        case Coordinates::align_corners: return attrs(true, false);
        case Coordinates::asymmetric: return attrs(false, false);
        default: return std::nullopt;
    }
}

// Images (or rows, as images of height 1) whose height and width alone change.
std::optional<ValueId> resize_image(Builder& b, ValueId x, const Resizing& z) {
    size_t rank = z.axes.size();
    if (rank != 3 && rank != 4) return std::nullopt;
    if (z.axes[0].changes() || z.axes[1].changes()) return std::nullopt;
    Compose c(b);
    ResizeAxis height = z.axes[2], width = z.axes.back();
    if (rank == 3) height.in = height.out = 1, height.scale = 1;
    auto attrs = same_in_tflite(z, height, width, c.dtype(x));
    if (!attrs) return std::nullopt;
    Shape in = c.shape(x);
    const OpDef& op = z.mode == "nearest" ? op::ResizeNearest : op::ResizeBilinear;
    ValueId image = to_channels_last(b, c.reshape(x, {in[0], in[1], height.in, width.in}));
    ValueId y = to_channels_first(b, b.add(op, {image}, *attrs));
    return rank == 4 ? y : c.reshape(y, {in[0], in[1], width.out});
}

ValueId gathered(Builder& b, ValueId x, const Ints& list, int64_t axis) {
    return b.add(op::Gather, {x, integers(b, list, {std::ssize(list)}, DType::i32)}, {{"axis", axis}});
}

// Interpolates dimension d: as a product with a matrix of weights, or, for long axes, between two pixels.
ValueId interpolate(Builder& b, ValueId x, size_t d, const ResizeAxis& a, const Resizing& z) {
    Compose c(b);
    auto axis = static_cast<int64_t>(d);
    if (z.mode == "linear" && !z.antialias && !z.exclude_outside && a.in > (1 << 14) / a.out) {
        ResizeAxis::Linear l = a.linear();
        Shape along(c.shape(x).size(), 1);
        along[d] = a.out;
        ValueId low = gathered(b, x, l.low, axis), high = gathered(b, x, l.high, axis);
        return c.add(low, c.mul(c.sub(high, low), b.floats(std::move(l.part), along)));
    }
    supported(a.in <= (int64_t{1} << 26) / a.out, "resizing an extent of {} to {} in mode '{}'", a.in, a.out, z.mode);
    ValueId weights = b.floats(a.weights(z.mode == "cubic", z.cubic_a, z.antialias, z.exclude_outside), {a.out, a.in});
    Shape shape = c.shape(x);
    Shape outer(shape.begin(), shape.begin() + axis), inner(shape.begin() + axis + 1, shape.end());
    int64_t rows = element_count(outer), columns = element_count(inner);
    ValueId y = columns == 1 ? b.add(op::FullyConnected, {c.reshape(x, {rows, a.in}), weights})
                             : b.add(op::MatMul, {c.reshape(weights, {1, a.out, a.in}), c.reshape(x, {rows, a.in, columns})});
    shape[d] = a.out;
    return c.reshape(y, shape);
}

// Puts the extrapolation value where a crop leaves the input.
ValueId extrapolate(Builder& b, ValueId y, const Resizing& z) {
    Compose c(b);
    const Shape out = c.shape(y);
    for (size_t d = 0; d < z.axes.size(); ++d) {
        std::vector<float> outside;
        for (int64_t i = 0; i < z.axes[d].out; ++i) outside.push_back(z.axes[d].is_outside(i) ? 1.0f : 0.0f);
        if (std::find(outside.begin(), outside.end(), 1.0f) == outside.end()) continue;
        Shape along(out.size(), 1);
        along[d] = out[d];
        ValueId mask = c.cast(b.floats(std::move(outside), along), DType::boolean);
        y = b.add(op::Where, {mask, c.number(z.extrapolation, y), y});
    }
    return y;
}

}  // namespace

void check_extents(const Resizing& z) {
    for (const ResizeAxis& a : z.axes)
        check(a.in >= 1 && a.out >= 1 && a.out <= 1 << 30, "resizing an extent of {} to {}", a.in, a.out);
}

ValueId resized(Builder& b, ValueId x, const Resizing& z) {
    Compose c(b);
    check_extents(z);
    if (std::none_of(z.axes.begin(), z.axes.end(), [](const ResizeAxis& a) { return a.changes(); })) return x;
    if (auto y = resize_image(b, x, z)) return *y;
    DType dtype = c.dtype(x);
    ValueId y = z.mode == "nearest" ? x : c.cast(x, DType::f32);
    for (size_t d = 0; d < z.axes.size(); ++d) {
        if (!z.axes[d].changes()) continue;
        y = z.mode == "nearest" ? gathered(b, y, z.axes[d].nearest(z.rounding), static_cast<int64_t>(d))
                                : interpolate(b, y, d, z.axes[d], z);
    }
    y = extrapolate(b, y, z);
    return c.cast(y, dtype);
}

}  // namespace tinsmith

// Resize and Upsample: TFLite's own operators where they compute the same, else one axis after the other.
#include "frontend/compose/resize.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"
#include "frontend/onnx/resize_at_run_time.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith::from_onnx {

namespace {

template <class T>
T named(const std::string& what, const std::string& name, std::initializer_list<std::pair<std::string_view, T>> table) {
    for (auto& [key, value] : table)
        if (key == name) return value;
    fail(Fault::input, "attribute '{}' is '{}', which is not defined", what, name);
}

Coordinates coordinates_of(const NodeReader& r) {
    std::string name = r.text("coordinate_transformation_mode", "half_pixel");
    supported(name != "tf_half_pixel_for_nn", "coordinates 'tf_half_pixel_for_nn', which opset 13 withdrew");
    return named<Coordinates>("coordinate_transformation_mode", name,
                              {{"half_pixel", Coordinates::half_pixel},
                               {"half_pixel_symmetric", Coordinates::half_pixel_symmetric},
                               {"pytorch_half_pixel", Coordinates::pytorch_half_pixel},
                               {"align_corners", Coordinates::align_corners},
                               {"asymmetric", Coordinates::asymmetric},
                               {"tf_crop_and_resize", Coordinates::crop}});
}

void set_scale(ResizeAxis& a, double scale) {
    check(scale >= 1e-6 && scale <= 1e6, "a scale of {}", scale);
    a.scale = scale;
}

void use_scales(Resizing& z, const std::vector<float>& scales, const Ints& axes) {
    check(scales.size() == axes.size(), "{} scales for {} axes", scales.size(), axes.size());
    for (size_t i = 0; i < axes.size(); ++i) {
        ResizeAxis& a = z.axes[static_cast<size_t>(axes[i])];
        set_scale(a, scales[i]);
        // A crop's extent counts in single precision, as the shape inference of ONNX has it.
        double span = a.coordinates == Coordinates::crop ? a.roi_end - a.roi_start : 1;
        a.out = static_cast<int64_t>(std::floor(static_cast<float>(static_cast<double>(a.in) * span) * scales[i]));
    }
}

// Sizes that keep the aspect ratio share the smallest (or largest) scale.
void use_sizes(Resizing& z, const Ints& sizes, const Ints& axes, const std::string& policy) {
    check(sizes.size() == axes.size(), "{} sizes for {} axes", sizes.size(), axes.size());
    check(policy == "stretch" || policy == "not_larger" || policy == "not_smaller",
          "attribute 'keep_aspect_ratio_policy' is '{}'", policy);
    std::optional<double> shared;
    for (size_t i = 0; i < axes.size(); ++i) {
        ResizeAxis& a = z.axes[static_cast<size_t>(axes[i])];
        check(sizes[i] >= 1 && a.in >= 1, "resizing an extent of {} to {}", a.in, sizes[i]);
        a.out = sizes[i];
        set_scale(a, static_cast<double>(a.out) / static_cast<double>(a.in));
        if (policy != "stretch")
            shared = !shared ? a.scale : policy == "not_larger" ? std::min(*shared, a.scale) : std::max(*shared, a.scale);
    }
    for (int64_t axis : axes) {
        if (!shared) break;
        ResizeAxis& a = z.axes[static_cast<size_t>(axis)];
        a.scale = *shared;
        a.out = static_cast<int64_t>(std::floor(*shared * static_cast<double>(a.in) + 0.5));
    }
}

// Sizes that are an input of the model show in the declared output. The shared scale of an aspect ratio that is kept is that of
// an axis which came out exactly; it is known when no other axis' scale would round to the same shape.
void use_declared(Resizing& z, NodeReader& r, const Ints& axes, const std::string& policy) {
    const Shape* out = declared_shape(r);
    if (!out || out->size() != z.axes.size()) required_ints(r, 3);
    Ints sizes;
    for (int64_t axis : axes) sizes.push_back((*out)[static_cast<size_t>(axis)]);
    use_sizes(z, sizes, axes, "stretch");
    if (policy == "stretch") return;
    std::optional<double> shared;
    for (int64_t candidate : axes) {
        double scale = z.axes[static_cast<size_t>(candidate)].scale;
        bool fits = std::all_of(axes.begin(), axes.end(), [&](int64_t axis) {
            const ResizeAxis& a = z.axes[static_cast<size_t>(axis)];
            return static_cast<int64_t>(std::floor(scale * static_cast<double>(a.in) + 0.5)) == a.out;
        });
        if (!fits) continue;
        if (shared && *shared != scale) required_ints(r, 3);
        shared = scale;
    }
    if (!shared) required_ints(r, 3);
    for (int64_t axis : axes) z.axes[static_cast<size_t>(axis)].scale = *shared;
}

void use_region(Resizing& z, const std::vector<float>& roi, const Ints& axes) {
    for (size_t i = 0; i < axes.size(); ++i) {
        ResizeAxis& a = z.axes[static_cast<size_t>(axes[i])];
        a.roi_start = roi[i], a.roi_end = roi[i + axes.size()];
        check(std::abs(a.roi_start) <= 1e6 && std::abs(a.roi_end) <= 1e6, "the region reaches from {} to {}", a.roi_start,
              a.roi_end);
    }
}

// Scales or a region that are inputs of the model need a declared output for its shape. `at` is the input with the scales.
ValueId finish(NodeReader& r, Resizing& z, RunTimeResize& late, const Ints& axes, size_t at) {
    if (late.scales == no_value && late.roi == no_value) return resized(r.b, r.operand(0), z);
    const Shape* out = declared_shape(r);
    if (!out || out->size() != z.axes.size()) r.constant_floats(late.roi != no_value ? 1 : at);
    for (size_t d = 0; d < z.axes.size(); ++d) z.axes[d].out = (*out)[d];
    check_extents(z);
    late.axes = axes;
    return resize_at_run_time(r.b, r.operand(0), z, late);
}

}  // namespace

std::vector<ValueId> resize(NodeReader& r) {
    Resizing z;
    const Shape in = r.shape(0);
    z.mode = r.text("mode", "nearest");
    check(z.mode == "nearest" || z.mode == "linear" || z.mode == "cubic", "attribute 'mode' is '{}'", z.mode);
    z.cubic_a = r.real("cubic_coeff_a", -0.75);
    z.extrapolation = r.real("extrapolation_value", 0);
    z.antialias = r.integer("antialias", 0) != 0;
    z.exclude_outside = r.integer("exclude_outside", 0) != 0;
    Ints axes = normalized_axes(r.integers("axes", iota(std::ssize(in))), std::ssize(in));
    // Opset 10 had neither of these attributes: positions are i / scale, rounded down.
    Coordinates coordinates = r.opset < 11 ? Coordinates::asymmetric : coordinates_of(r);
    z.rounding = named<Nearest>("nearest_mode", r.text("nearest_mode", r.opset < 11 ? "floor" : "round_prefer_floor"),
                                {{"floor", Nearest::floor},
                                 {"ceil", Nearest::ceil},
                                 {"round_prefer_floor", Nearest::prefer_floor},
                                 {"round_prefer_ceil", Nearest::prefer_ceil}});
    for (int64_t n : in) z.axes.push_back({n, n, 1, Coordinates::asymmetric});
    for (int64_t axis : axes) z.axes[static_cast<size_t>(axis)].coordinates = coordinates;
    RunTimeResize late;
    if (coordinates == Coordinates::crop) {
        r.operand(1);
        check(r.type(1).elements() == 2 * std::ssize(axes), "the region has {} entries for {} axes", r.type(1).elements(),
              axes.size());
        if (!r.is_constant(1))
            late.roi = r.operand(1);
        else
            use_region(z, *r.constant_floats(1), axes);
    }
    std::string policy = r.text("keep_aspect_ratio_policy", "stretch");
    size_t at = r.opset < 11 ? 1 : 2;
    if (r.has(at) && r.type(at).elements() > 0) {
        check(r.type(at).elements() == std::ssize(axes), "{} scales for {} axes", r.type(at).elements(), axes.size());
        if (!r.is_constant(at))
            late.scales = r.operand(at);
        else
            use_scales(z, *r.constant_floats(at), axes);
    } else if (r.is_constant(3)) {
        use_sizes(z, required_ints(r, 3), axes, policy);
    } else {
        use_declared(z, r, axes, policy);
    }
    return {finish(r, z, late, axes, at)};
}

std::vector<ValueId> upsample(NodeReader& r) {
    Resizing z;
    z.mode = r.text("mode", "nearest");
    check(z.mode == "nearest" || z.mode == "linear", "attribute 'mode' is '{}'", z.mode);
    z.rounding = Nearest::floor;
    for (int64_t n : r.shape(0)) z.axes.push_back({n, n, 1, Coordinates::asymmetric});
    Ints axes = iota(r.rank(0));
    RunTimeResize late;
    std::vector<float> scales = r.reals("scales");
    if (scales.empty()) {
        r.operand(1);
        check(r.type(1).elements() == std::ssize(axes), "{} scales for {} axes", r.type(1).elements(), axes.size());
        if (r.is_constant(1))
            scales = *r.constant_floats(1);
        else
            late.scales = r.operand(1);
    }
    if (late.scales == no_value) use_scales(z, scales, axes);
    return {finish(r, z, late, axes, 1)};
}

}  // namespace tinsmith::from_onnx

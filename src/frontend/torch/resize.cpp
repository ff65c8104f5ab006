// Upsampling and sampling at points.
#include "frontend/compose/resize.hpp"

#include "frontend/compose/grid_sample.hpp"
#include "frontend/torch/operand.hpp"

#include <cmath>

namespace tinsmith::torch::from_torch {

namespace {

struct Mode {
    std::string name;
    bool exact = false;  // nearest: from the middle of pixels
    bool antialias = false;
};

// The scale that PyTorch computes with: the one that was given, else that of the extents.
std::optional<double> given_scale(NodeReader& r, size_t i, size_t n) {
    if (r.has("scale_factors")) {
        const auto all = r.reals("scale_factors");
        check(all.size() == n, "{} scale factors for {} axes", all.size(), n);
        return all[i];
    }
    static constexpr std::string_view names[3][3] = {
        {"scales", "", ""}, {"scales_h", "scales_w", ""}, {"scales_d", "scales_h", "scales_w"}};
    const std::string_view name = n >= 1 && n <= 3 ? names[n - 1][i] : "";
    if (!name.empty() && r.has(name)) return r.real(name);
    return std::nullopt;
}

ResizeAxis axis_of(NodeReader& r, int64_t in, size_t i, size_t n, const Mode& mode) {
    ResizeAxis a{in, in, 1, Coordinates::half_pixel};
    const auto scale = given_scale(r, i, n);
    if (r.has("output_size")) {
        const Ints size = r.integers("output_size");
        check(size.size() == n, "{} extents for {} axes", size.size(), n);
        a.out = size[i];
    } else {
        check(scale.has_value(), "neither output_size nor scale_factors is given");
        const double out = std::floor(static_cast<double>(in) * *scale);
        check(out >= 1 && out < 1 << 30, "a scale of {} of an extent of {}", *scale, in);
        a.out = static_cast<int64_t>(out);
    }
    check(in >= 1 && a.out >= 1, "resizing an extent of {} to {}", in, a.out);
    supported(a.out <= 1 << 24, "resizing an extent of {} to {}", in, a.out);
    a.scale = static_cast<double>(a.out) / static_cast<double>(in);
    if (r.flag("align_corners", false))
        a.coordinates = Coordinates::align_corners;
    else {
        if (scale && *scale > 0) a.scale = *scale;
        check(a.scale >= 1e-6 && a.scale <= 1e6, "a scale of {}", a.scale);
        if (mode.name == "nearest" && !mode.exact) a.coordinates = Coordinates::asymmetric;
    }
    return a;
}

std::vector<ValueId> upsample(NodeReader& r, size_t axes, const Mode& mode) {
    const ValueId x = r.tensor(r.has("self") ? "self" : "input");
    const Shape s = r.m.shape(x);
    check(s.size() == axes + 2, "the input is {}, expected {} spatial axes", to_string(s), axes);
    Resizing z;
    z.mode = mode.name;
    z.rounding =
        mode.exact ? Nearest::prefer_ceil : Nearest::floor;  // floor((i + 0.5) / scale) is the pixel whose middle is next
    z.antialias = z.exclude_outside = mode.antialias;
    if (mode.antialias) z.cubic_a = -0.5;
    for (int64_t n : {s[0], s[1]}) z.axes.push_back({n, n, 1, Coordinates::asymmetric});
    for (size_t i = 0; i < axes; ++i) z.axes.push_back(axis_of(r, s[i + 2], i, axes, mode));
    return {resized(r.b, x, z)};
}

}  // namespace

std::vector<ValueId> upsample_nearest1d(NodeReader& r) { return upsample(r, 1, {"nearest"}); }
std::vector<ValueId> upsample_nearest2d(NodeReader& r) { return upsample(r, 2, {"nearest"}); }
std::vector<ValueId> upsample_nearest3d(NodeReader& r) { return upsample(r, 3, {"nearest"}); }
std::vector<ValueId> upsample_exact1d(NodeReader& r) { return upsample(r, 1, {"nearest", true}); }
std::vector<ValueId> upsample_exact2d(NodeReader& r) { return upsample(r, 2, {"nearest", true}); }
std::vector<ValueId> upsample_exact3d(NodeReader& r) { return upsample(r, 3, {"nearest", true}); }
std::vector<ValueId> upsample_linear1d(NodeReader& r) { return upsample(r, 1, {"linear"}); }
std::vector<ValueId> upsample_bilinear2d(NodeReader& r) { return upsample(r, 2, {"linear"}); }
std::vector<ValueId> upsample_trilinear3d(NodeReader& r) { return upsample(r, 3, {"linear"}); }
std::vector<ValueId> upsample_bicubic2d(NodeReader& r) { return upsample(r, 2, {"cubic"}); }
std::vector<ValueId> upsample_bilinear2d_aa(NodeReader& r) { return upsample(r, 2, {"linear", false, true}); }
std::vector<ValueId> upsample_bicubic2d_aa(NodeReader& r) { return upsample(r, 2, {"cubic", false, true}); }

std::vector<ValueId> grid_sampler(NodeReader& r) {
    static constexpr std::string_view modes[] = {"linear", "nearest", "cubic"}, paddings[] = {"zeros", "border", "reflection"};
    const int64_t mode = r.integer("interpolation_mode"), padding = r.integer("padding_mode");
    check(mode >= 0 && mode < 3 && padding >= 0 && padding < 3, "interpolation_mode is {}, padding_mode {}", mode, padding);
    const Sampling s{std::string(modes[mode]), std::string(paddings[padding]), r.flag("align_corners", false)};
    return {grid_sample(r.m, r.tensor("input"), r.tensor("grid"), s)};
}

// theta [N, n, n + 1] times the coordinates of every pixel and 1.
std::vector<ValueId> affine_grid(NodeReader& r) {
    const ValueId theta = float_operand(r, "theta");
    const Ints size = r.integers("size");
    const int64_t n = std::ssize(size) - 2;
    const bool align = r.flag("align_corners", false);
    check((n == 2 || n == 3) && r.m.shape(theta) == Shape{size[0], n, n + 1}, "theta is {} for a size of {}",
          to_string(r.b.type(theta)), to_string(size));
    Shape spatial(size.begin() + 2, size.end());
    const int64_t points = element_count(spatial);
    supported(points <= 1 << 24, "a grid of {} points", points);
    std::vector<float> base(static_cast<size_t>(points * (n + 1)), 1.0f);
    for (int64_t p = 0; p < points; ++p) {
        int64_t rest = p;
        for (int64_t d = n; d-- > 0;) {
            const int64_t extent = spatial[static_cast<size_t>(d)], at = rest % extent;
            rest /= extent;
            const double width = static_cast<double>(extent), i = static_cast<double>(at);
            const double x = align ? (extent == 1 ? 0 : 2 * i / (width - 1) - 1) : (2 * i + 1) / width - 1;
            base[static_cast<size_t>(p * (n + 1) + (n - 1 - d))] = static_cast<float>(x);
        }
    }
    const ValueId grid = r.b.add(op::MatMul, {r.b.floats(std::move(base), {1, points, n + 1}), theta}, {{"adj_y", true}});
    Shape out{size[0]};
    out.insert(out.end(), spatial.begin(), spatial.end());
    out.push_back(n);
    return {r.m.reshape(grid, out)};
}

}  // namespace tinsmith::torch::from_torch

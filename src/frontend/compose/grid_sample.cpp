// For each point of the grid, a weighted sum of pixels that are gathered from the flattened image.
#include "frontend/compose/grid_sample.hpp"

#include "frontend/compose/formula.hpp"
#include "frontend/compose/layout.hpp"

namespace tinsmith {

namespace {

// One pixel along one dimension, for every point: its part of the position in the flattened image, and its weight.
struct Tap {
    Formula offset;                 // i32 [batch, points]
    std::optional<Formula> weight;  // f32 [batch, points, 1]
};

Formula floor(const Formula& x) { return apply(op::Floor, x); }
Formula clamped(const Formula& x, double low, double high) { return min(max(x, low), high); }

// To and fro between the first and last centre, or between the outer edges, of n pixels.
Formula reflected(const Formula& x, double n, bool align_corners) {
    double low = align_corners ? 0 : -0.5, span = align_corners ? n - 1 : n;
    if (span == 0) return x * 0.0;
    Formula u = x - low;
    u = u - floor(u * (0.5 / span)) * (2 * span);
    return min(u, 2 * span - u) + low;
}

// Keys' cubic with coefficient -0.75, at a distance of up to 1, and between 1 and 2.
Formula near_weight(const Formula& x) { return ((x * 1.25) - 2.25) * x * x + 1; }
Formula far_weight(const Formula& x) { return (((x * -0.75) + 3.75) * x - 6) * x + 3; }

// The pixels that a coordinate (-1..1 across n pixels) reads along its dimension. With zeros around, the image has been given a
// border of one zero, so that n + 2 pixels are stored from -1 on.
std::vector<Tap> taps(const Formula& coordinate, int64_t extent, int64_t stride, const Sampling& s) {
    double n = static_cast<double>(extent);
    Compose c(coordinate.b());
    bool zeros = s.padding == "zeros";
    Formula x = s.align_corners ? (coordinate + 1) * ((n - 1) / 2) : ((coordinate + 1) * n - 1) * 0.5;
    if (s.mode == "nearest") x = round(x);
    if (s.padding == "border") x = clamped(x, 0, n - 1);
    if (s.padding == "reflection") x = reflected(x, n, s.align_corners);
    auto tap = [&](Formula pixel, std::optional<Formula> weight) -> Tap {
        if (s.padding == "reflection") pixel = reflected(pixel, n, s.align_corners);
        pixel = zeros ? clamped(pixel, -1, n) + 1 : clamped(pixel, 0, n - 1);
        Formula offset = cast(pixel, DType::i32);
        if (stride != 1) offset = offset * static_cast<double>(stride);
        if (weight) weight = Formula(x.b(), c.reshape(*weight, {c.shape(*weight)[0], c.shape(*weight)[1], 1}));
        return {offset, weight};
    };
    if (s.mode == "nearest") return {tap(x, std::nullopt)};
    Formula first = floor(x), part = x - first;
    if (s.mode == "linear") return {tap(first, 1 - part), tap(first + 1, part)};
    return {tap(first - 1, far_weight(part + 1)), tap(first, near_weight(part)), tap(first + 1, near_weight(1 - part)),
            tap(first + 2, far_weight(2 - part))};
}

}  // namespace

ValueId grid_sample(Compose& c, ValueId x, ValueId points_of, const Sampling& s) {
    const Shape in = c.shape(x), grid = c.shape(points_of);
    auto dims = std::ssize(in) - 2;
    check(dims >= 1 && grid.size() == in.size() && grid.back() == dims && grid[0] == in[0],
          "a grid {} does not fit an image {}", to_string(grid), to_string(in));
    check(c.b.type(x).elements() > 0, "there are no pixels in {}", to_string(c.b.type(x)));
    supported(c.b.type(x).dtype == DType::f32 && c.b.type(points_of).dtype == DType::f32, "sampling {}",
              to_string(c.b.type(x)));
    supported(s.mode != "cubic" || dims <= 2, "cubic sampling in {} dimensions reads {} pixels for each point", dims,
              1 << (2 * dims));

    Ints border(in.size(), s.padding == "zeros" ? 1 : 0);
    border[0] = border[1] = 0;
    ValueId image = to_channels_last(c.b, c.pad(x, border, border));
    const Shape stored = c.shape(image);
    int64_t pixels = element_count(Shape(stored.begin() + 1, stored.end() - 1)),
            points = element_count(Shape(grid.begin() + 1, grid.end() - 1));
    supported(pixels <= INT32_MAX, "an image of {} pixels", pixels);
    image = c.reshape(image, {in[0], pixels, in[1]});
    ValueId flat = c.reshape(points_of, {grid[0], points, dims});

    std::vector<Tap> corners;
    int64_t stride = 1;
    for (int64_t d = dims; d-- > 0;
         stride *= stored[static_cast<size_t>(d + 1)]) {  // a grid's first coordinate runs along the last dimension
        int64_t i = dims - 1 - d;
        Formula coordinate(c.b, c.reshape(c.slice(flat, 2, i, i + 1), {grid[0], points}));
        std::vector<Tap> along = taps(coordinate, in[static_cast<size_t>(d + 2)], stride, s), all;
        for (const Tap& a : corners)
            for (const Tap& b : along)
                all.push_back({a.offset + b.offset, a.weight ? std::optional(*a.weight * *b.weight) : std::nullopt});
        corners = corners.empty() ? along : all;
    }
    std::optional<Formula> sum;
    for (const Tap& corner : corners) {
        Formula read(c.b, c.b.add(op::Gather, {image, corner.offset}, {{"axis", int64_t{1}}, {"batch_dims", int64_t{1}}}));
        Formula term = corner.weight ? read * *corner.weight : read;
        sum = sum ? *sum + term : term;
    }
    Shape out(grid.begin(), grid.end() - 1);
    out.push_back(in[1]);
    return to_channels_first(c.b, c.reshape(*sum, out));
}

}  // namespace tinsmith

// Resizing images: TFLite's own operators, or, for the other kernels, a product with a matrix of weights along each axis.
#include "frontend/compose/compose.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

Ints size_of(NodeReader& r) {
    Ints size = r.ints(1);
    check(size.size() == 2 && size[0] >= 1 && size[1] >= 1, "the new size is {}", to_string(size));
    check(r.rank(0) == 4 && r.shape(0)[1] >= 1 && r.shape(0)[2] >= 1, "the images are {}", to_string(r.type(0)));
    return size;
}

std::vector<Operand> resize(NodeReader& r, const OpDef& op) {
    Compose m{r.b};
    return {r.b.add(op, {m.cast(r.operand(0), DType::f32)},
                    {{"size", size_of(r)},
                     {"align_corners", r.flag("align_corners")},
                     {"half_pixel_centers", r.flag("half_pixel_centers")}})};
}

// [out, in]: what each result reads along one axis.
struct Weights {
    int64_t out, in;
    std::vector<float> of;
    Weights(int64_t out_, int64_t in_) : out(out_), in(in_) {
        supported(in <= (int64_t{1} << 24) / out, "resizing an extent of {} to {}", in, out);
        of.resize(static_cast<size_t>(out * in));
    }
    float& at(int64_t i, int64_t j) { return of[static_cast<size_t>(i * in + j)]; }
};

// Images [N, H, W, C] with their height and width mixed by the weights.
ValueId mixed(Compose& m, ValueId x, Weights rows, Weights columns) {
    const Shape s = m.shape(x);
    const ValueId down = m.b.floats(std::move(rows.of), {1, rows.out, rows.in});
    const ValueId across = m.b.floats(std::move(columns.of), {1, columns.out, columns.in});
    ValueId y = m.b.add(op::MatMul, {down, m.reshape(x, {s[0], s[1], s[2] * s[3]})});
    y = m.b.add(op::MatMul, {across, m.reshape(y, {s[0] * rows.out, s[2], s[3]})});
    return m.reshape(y, {s[0], rows.out, columns.out, s[3]});
}

// Keys' cubic at the distance x of one or two pixels at most.
float cubic(float x, float a) {
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

// TensorFlow looks its weights up at 1/1024 of a pixel. With half pixels taps outside the image do not count; without, the edge does for them.
Weights bicubic_weights(int64_t in, int64_t out, bool align_corners, bool half_pixels) {
    constexpr float table = 1024;
    const float scale = align_corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                                 : static_cast<float>(in) / static_cast<float>(out);
    const float a = half_pixels ? -0.5f : -0.75f;
    Weights w(out, in);
    for (int64_t i = 0; i < out; ++i) {
        const auto x = static_cast<float>(i);
        const float place = half_pixels ? (x + 0.5f) * scale - 0.5f : x * scale, pixel = std::floor(place);
        const float part = static_cast<float>(std::lrint((place - pixel) * table)) / table;
        float sum = 0;
        for (int tap = -1; tap <= 2; ++tap) {
            const int64_t at = static_cast<int64_t>(pixel) + tap, inside = std::clamp<int64_t>(at, 0, in - 1);
            if (half_pixels && at != inside) continue;
            const float weight = cubic(std::abs(part - static_cast<float>(tap)), a);
            w.at(i, inside) += weight;
            sum += weight;
        }
        for (int64_t j = 0; j < in && half_pixels; ++j) w.at(i, j) /= sum;
    }
    return w;
}

struct Kernel {
    double radius;
    double (*at)(double x);  // of distances up to the radius
};

template <int radius>
double lanczos(double x) {
    const double t = std::numbers::pi * x;
    return x < 1e-3 ? 1 : radius * std::sin(t) * std::sin(t / radius) / (t * t);
}

double mitchell(double x) {
    return x >= 1 ? ((-7.0 / 18 * x + 2) * x - 10.0 / 3) * x + 16.0 / 9 : (7.0 / 6 * x - 2) * x * x + 8.0 / 9;
}

Kernel kernel_of(const std::string& name) {
    if (name == "lanczos1") return {1, lanczos<1>};
    if (name == "lanczos3") return {3, lanczos<3>};
    if (name == "lanczos5") return {5, lanczos<5>};
    if (name == "box") return {1, [](double x) { return x < 0.5 ? 1.0 : x == 0.5 ? 0.5 : 0.0; }};
    if (name == "triangle") return {1, [](double x) { return 1 - x; }};
    if (name == "keyscubic") return {2, [](double x) { return static_cast<double>(cubic(static_cast<float>(x), -0.5f)); }};
    if (name == "mitchellcubic") return {2, mitchell};
    supported(name != "gaussian",
              "the kernel is 'gaussian', whose ends TensorFlow rounds in its own way; lanczos3 or mitchellcubic");
    fail(Fault::input, "the kernel is '{}'", name);
}

// The kernel around the place in the input, as wide as a pixel of the result when that is larger, normalised.
Weights kernel_weights(int64_t in, int64_t out, double scale, double shift, const Kernel& kernel, bool antialias) {
    check(std::isfinite(scale) && scale > 0 && std::isfinite(shift), "a scale of {} and a shift of {}", scale, shift);
    const double step = 1 / scale, width = antialias ? std::max(step, 1.0) : 1.0, reach = kernel.radius * width;
    Weights w(out, in);
    for (int64_t i = 0; i < out; ++i) {
        const double place = (static_cast<double>(i) + 0.5 - shift) * step;
        if (place < 0 || place > static_cast<double>(in)) continue;
        const auto first = static_cast<int64_t>(std::max(std::ceil(place - reach - 0.5), 0.0));
        const auto last = static_cast<int64_t>(std::min(std::floor(place + reach - 0.5), static_cast<double>(in - 1)));
        double sum = 0;
        for (int64_t j = first; j <= last; ++j) {
            const double distance = std::abs(static_cast<double>(j) + 0.5 - place) / width;
            const double weight = distance <= kernel.radius ? kernel.at(distance) : 0;
            w.at(i, j) = static_cast<float>(weight);
            sum += weight;
        }
        for (int64_t j = first; j <= last && sum != 0; ++j)
            w.at(i, j) = static_cast<float>(static_cast<double>(w.at(i, j)) / sum);
    }
    return w;
}

}  // namespace

std::vector<Operand> resize_bilinear(NodeReader& r) { return resize(r, op::ResizeBilinear); }

std::vector<Operand> resize_nearest(NodeReader& r) {
    const DType dtype = r.type(0).dtype;
    const ValueId y = std::get<ValueId>(resize(r, op::ResizeNearest)[0]);
    return {Compose(r.b).cast(y, dtype)};
}

std::vector<Operand> resize_bicubic(NodeReader& r) {
    Compose m{r.b};
    const Ints size = size_of(r);
    const bool corners = r.flag("align_corners"), half = r.flag("half_pixel_centers");
    return {mixed(m, m.cast(r.operand(0), DType::f32), bicubic_weights(r.shape(0)[1], size[0], corners, half),
                  bicubic_weights(r.shape(0)[2], size[1], corners, half))};
}

// What tf.image.resize becomes with antialias, or with a kernel that has no operator of its own.
std::vector<Operand> scale_and_translate(NodeReader& r) {
    Compose m{r.b};
    const Ints size = size_of(r);
    const std::vector<float> scale = r.floats(2), shift = r.floats(3);
    check(scale.size() == 2 && shift.size() == 2, "{} scales and {} shifts", scale.size(), shift.size());
    const Kernel kernel = kernel_of(r.text("kernel_type", "lanczos3"));
    auto weights = [&](size_t axis) {
        return kernel_weights(r.shape(0)[axis + 1], size[axis], static_cast<double>(scale[axis]),
                              static_cast<double>(shift[axis]), kernel, r.flag("antialias", true));
    };
    return {mixed(m, m.cast(r.operand(0), DType::f32), weights(0), weights(1))};
}

}  // namespace tinsmith::tensorflow::from_tensorflow

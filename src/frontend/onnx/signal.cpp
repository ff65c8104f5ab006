// Fourier transforms as products with constant matrices of cosines and sines.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tinsmith::from_onnx {

namespace {

// cos and -sin (inverse: sin, divided by n) of 2 pi k t / n, as [samples, bins].
struct Waves {
    ValueId real, imaginary;
};

Waves waves(Builder& b, int64_t n, int64_t samples, int64_t bins, bool inverse) {
    supported(samples <= (int64_t{1} << 26) / std::max<int64_t>(bins, 1),
              "a transform of {} samples into {} bins is too large for a matrix product", samples, bins);
    std::vector<float> real(static_cast<size_t>(samples * bins)), imaginary(real.size());
    for (int64_t t = 0; t < samples; ++t) {
        for (int64_t k = 0; k < bins; ++k) {
            double angle = 2 * std::numbers::pi * static_cast<double>(t * k % n) / static_cast<double>(n),
                   scale = inverse ? 1.0 / static_cast<double>(n) : 1;
            auto i = static_cast<size_t>(t * bins + k);
            real[i] = static_cast<float>(scale * std::cos(angle));
            imaginary[i] = static_cast<float>((inverse ? scale : -scale) * std::sin(angle));
        }
    }
    return {b.floats(std::move(real), {samples, bins}), b.floats(std::move(imaginary), {samples, bins})};
}

// Transforms the last dimension of x [rows, samples, 1 or 2]; gives [rows, bins, 2].
ValueId transform(Builder& b, ValueId x, int64_t n, int64_t bins, bool inverse) {
    Compose c(b);
    const Shape in = c.shape(x);
    int64_t rows = in[0], samples = in[1];
    Waves w = waves(b, n, samples, bins, inverse);
    auto part = [&](int64_t i) { return c.reshape(c.slice(x, 2, i, i + 1), {rows, samples}); };
    auto times = [&](ValueId a, ValueId m) { return b.add(op::MatMul, {a, m}); };
    ValueId re = part(0), real = times(re, w.real), imaginary = times(re, w.imaginary);
    if (in[2] == 2) {
        ValueId im = part(1);
        real = c.sub(real, times(im, w.imaginary));
        imaginary = c.add(imaginary, times(im, w.real));
    }
    return c.concat({c.reshape(real, {rows, bins, 1}), c.reshape(imaginary, {rows, bins, 1})}, 2);
}

}  // namespace

std::vector<ValueId> dft(NodeReader& r) {
    Compose c(r.b);
    const Shape in = r.shape(0);
    auto rank = std::ssize(in);
    check(rank >= 2 && (in.back() == 1 || in.back() == 2), "the signal is {}, expected real or complex numbers last",
          to_string(r.type(0)));
    int64_t axis = r.opset < 20 ? r.integer("axis", 1) : scalar_int(r, 2, -2);
    axis = normalized_axis(axis, rank);
    check(axis != rank - 1, "the last dimension holds the parts of a complex number");
    bool inverse = r.integer("inverse", 0) != 0, onesided = r.integer("onesided", 0) != 0;
    int64_t n = scalar_int(r, 1, in[static_cast<size_t>(axis)]), bins = onesided ? n / 2 + 1 : n;
    check(n >= 1 && n <= 1 << 26, "a transform of length {}", n);
    supported(!(inverse && onesided), "the inverse of a one-sided spectrum");
    ValueId x = r.operand(0);
    Ints after(in.size(), 0);
    if (n < in[static_cast<size_t>(axis)])
        x = c.slice(x, axis, 0, n);
    else
        after[static_cast<size_t>(axis)] = n - in[static_cast<size_t>(axis)];
    x = c.pad(x, Ints(in.size(), 0), after);
    Ints perm = iota(rank);  // the axis next to the parts
    std::swap(perm[static_cast<size_t>(axis)], perm[static_cast<size_t>(rank - 2)]);
    x = c.transpose(x, perm);
    Shape out = c.shape(x);
    int64_t rows = element_count(Shape(out.begin(), out.end() - 2));
    ValueId y = transform(r.b, c.reshape(x, {rows, n, out.back()}), n, bins, inverse);
    out[out.size() - 2] = bins;
    out.back() = 2;
    return {c.transpose(c.reshape(y, out), perm)};
}

namespace {

struct Frames {
    int64_t length, step, count;
};

// The frames' length and step; those that are inputs of the model follow from the declared output when only one pair gives it.
Frames frames_of(NodeReader& r, int64_t samples, bool onesided) {
    std::optional<int64_t> length, step;
    if (r.has(2)) length = r.type(2).elements();
    if (r.has(3) && r.is_constant(3)) length = scalar_int(r, 3, 0);
    if (r.is_constant(1)) step = scalar_int(r, 1, 0);
    const Shape* out = declared_shape(r);
    std::vector<Frames> fits;
    if ((!length || !step) && out && out->size() == 4 && samples <= 1 << 20) {
        int64_t bins = (*out)[2], count = (*out)[1], shortest = onesided ? 2 * (bins - 1) : bins;
        for (int64_t n = std::max<int64_t>(shortest, 1); n <= shortest + (onesided ? 1 : 0) && n <= samples; ++n) {
            if (length && n != *length) continue;
            for (int64_t s = 1; s <= samples; ++s)
                if ((!step || s == *step) && (samples - n) / s + 1 == count) fits.push_back({n, s, count});
        }
    }
    if (fits.size() == 1) return fits[0];
    r.operand(1);
    if (!step) step = scalar_int(r, 1, 0);
    if (!length) {
        r.operand(3);
        length = scalar_int(r, 3, 0);
    }
    check(*step >= 1 && *length >= 1 && *length <= samples, "frames of {} samples every {} in a signal of {}", *length, *step,
          samples);
    return {*length, *step, (samples - *length) / *step + 1};
}

}  // namespace

std::vector<ValueId> stft(NodeReader& r) {
    Compose c(r.b);
    Shape in = r.shape(0);
    if (in.size() == 2) in.push_back(1);
    check(in.size() == 3 && (in[2] == 1 || in[2] == 2), "the signal is {}, expected [batch, samples, parts]",
          to_string(r.type(0)));
    bool onesided = r.integer("onesided", 1) != 0 && in[2] == 1;
    Frames f = frames_of(r, in[1], onesided);
    ValueId x = c.reshape(r.operand(0), in);
    Ints places;
    supported(f.count <= (int64_t{1} << 26) / f.length, "{} frames of {} samples", f.count, f.length);
    for (int64_t i = 0; i < f.count; ++i)
        for (int64_t j = 0; j < f.length; ++j) places.push_back(i * f.step + j);
    ValueId cut = r.b.add(op::Gather, {x, integers(r.b, places, {f.count, f.length}, DType::i32)}, {{"axis", int64_t{1}}});
    if (r.has(2)) {
        check(r.type(2).elements() == f.length, "a window of {} samples for frames of {}", r.type(2).elements(), f.length);
        cut = c.mul(cut, c.reshape(r.operand(2), {f.length, 1}));
    }
    int64_t bins = onesided ? f.length / 2 + 1 : f.length;
    ValueId y = transform(r.b, c.reshape(cut, {in[0] * f.count, f.length, in[2]}), f.length, bins, false);
    return {c.reshape(y, {in[0], f.count, bins, 2})};
}

}  // namespace tinsmith::from_onnx

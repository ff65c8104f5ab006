// Operators that make a tensor out of a few numbers.
#include "frontend/compose/compose.hpp"
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"
#include "frontend/onnx/tensor.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tinsmith::from_onnx {

// start, start + delta, ... below limit.
std::vector<ValueId> number_range(NodeReader& r) {
    Compose c(r.b);
    DType dtype = r.type(0).dtype;
    for (size_t i = 0; i < 3; ++i)
        check(r.type(i).elements() == 1 && r.type(i).dtype == dtype, "input {} is {}, expected one {}", i, to_string(r.type(i)),
              dtype_name(dtype));
    int64_t count = 0;
    if (r.is_constant(0) && r.is_constant(1) && r.is_constant(2)) {
        double start, limit, delta;
        if (is_float(dtype)) {
            start = (*r.constant_floats(0))[0], limit = (*r.constant_floats(1))[0], delta = (*r.constant_floats(2))[0];
        } else {
            start = static_cast<double>(scalar_int(r, 0, 0)), limit = static_cast<double>(scalar_int(r, 1, 0)),
            delta = static_cast<double>(scalar_int(r, 2, 0));
        }
        double steps = std::ceil((limit - start) / delta);
        check(delta != 0 && steps <= 1 << 24, "a range from {} to {} in steps of {}", start, limit, delta);
        count = steps > 0 ? static_cast<int64_t>(steps) : 0;
    } else {
        const Shape* declared = declared_shape(r);
        if (!declared || declared->size() != 1)
            for (size_t i = 0; i < 3; ++i) r.constant_ints(i);
        count = element_count(*declared);
        supported(count <= 1 << 24, "a range of {} elements", count);
    }
    ValueId steps = integers(r.b, iota(count), {count}, dtype);
    auto number = [&](size_t i) { return c.reshape(r.operand(i), {}); };
    return {c.add(c.mul(steps, number(2)), number(0))};
}

// The element type that an attribute asks for.
static DType wanted_dtype(const NodeReader& r, std::string_view attribute, DType fallback) {
    return r.has_attribute(attribute) ? dtype_of(static_cast<onnx::ElementType>(r.integer(attribute))) : fallback;
}

std::vector<ValueId> eye_like(NodeReader& r) {
    const Shape in = r.shape(0);
    check(in.size() == 2, "the input is {}, expected a matrix", to_string(r.type(0)));
    int64_t k = r.integer("k", 0);
    std::vector<float> ones(static_cast<size_t>(element_count(in)), 0.0f);
    for (int64_t i = 0; i < in[0]; ++i)
        if (k >= -i && k < in[1] - i) ones[static_cast<size_t>(i * in[1] + i + k)] = 1;
    return {Compose(r.b).cast(r.b.floats(std::move(ones), in), wanted_dtype(r, "dtype", r.type(0).dtype))};
}

// a0 - a1 cos(2 pi n / N) + a2 cos(4 pi n / N), N being the size or, symmetric, one less.
static std::vector<ValueId> window(NodeReader& r, double a0, double a1, double a2) {
    const Shape* declared = declared_shape(r);
    int64_t size = !r.is_constant(0) && declared && declared->size() == 1 ? (*declared)[0] : scalar_int(r, 0, 0);
    check(size >= 0 && size <= 1 << 24, "a window of {} samples", size);
    double period = static_cast<double>(r.integer("periodic", 1) ? size : std::max<int64_t>(size - 1, 1));
    std::vector<float> samples(static_cast<size_t>(size));
    for (size_t n = 0; n < samples.size(); ++n) {
        double angle = 2 * std::numbers::pi * static_cast<double>(n) / period;
        samples[n] = static_cast<float>(a0 - a1 * std::cos(angle) + a2 * std::cos(2 * angle));
    }
    return {Compose(r.b).cast(r.b.floats(std::move(samples), {size}), wanted_dtype(r, "output_datatype", DType::f32))};
}

std::vector<ValueId> blackman_window(NodeReader& r) { return window(r, 0.42, 0.5, 0.08); }
std::vector<ValueId> hann_window(NodeReader& r) { return window(r, 0.5, 0.5, 0); }
std::vector<ValueId> hamming_window(NodeReader& r) { return window(r, 25.0 / 46, 21.0 / 46, 0); }

// Triangles of height 1 on the mel scale, each from the centre of the one before to that of the one after.
std::vector<ValueId> mel_weight_matrix(NodeReader& r) {
    for (size_t i = 0; i < 5; ++i) r.operand(i);
    int64_t bands = scalar_int(r, 0, 0), length = scalar_int(r, 1, 0), rate = scalar_int(r, 2, 0);
    auto edge = [&](size_t i) {
        auto list = *r.constant_floats(i);
        check(list.size() == 1, "input {} should be one number", i);
        return double{list[0]};
    };
    double low = edge(3), high = edge(4);
    check(bands >= 1 && bands <= 1 << 20 && length >= 1 && length <= 1 << 24 && rate > 0 && low >= 0 && high >= low,
          "the parameters are out of range");
    int64_t bins = length / 2 + 1;
    check(bands <= (1 << 28) / bins, "{} bands of {} bins", bands, bins);
    auto mel = [](double hertz) { return 2595 * std::log10(1 + hertz / 700); };
    std::vector<int64_t> corner;  // of the triangles, in bins
    for (int64_t i = 0; i < bands + 2; ++i) {
        double at = mel(low) + static_cast<double>(i) * (mel(high) - mel(low)) / static_cast<double>(bands + 2);
        double hertz = 700 * (std::pow(10, at / 2595) - 1);
        corner.push_back(static_cast<int64_t>(std::floor(static_cast<double>(length + 1) * hertz / static_cast<double>(rate))));
    }
    std::vector<float> weights(static_cast<size_t>(bins * bands), 0.0f);
    auto at = [&](int64_t bin, int64_t band) -> float& { return weights[static_cast<size_t>(bin * bands + band)]; };
    for (int64_t band = 0; band < bands; ++band) {
        auto i = static_cast<size_t>(band);
        int64_t left = corner[i], centre = corner[i + 1], right = corner[i + 2];
        check(left >= 0 && right <= bins, "the edges {} and {} lie outside the spectrum of a rate of {}", low, high, rate);
        if (centre == left && centre < bins) at(centre, band) = 1;
        for (int64_t j = left; j <= centre && centre > left && j < bins; ++j)
            at(j, band) = static_cast<float>(j - left) / static_cast<float>(centre - left);
        for (int64_t j = centre; j < right; ++j)
            at(j, band) = static_cast<float>(right - j) / static_cast<float>(right - centre);
    }
    return {Compose(r.b).cast(r.b.floats(std::move(weights), {bins, bands}), wanted_dtype(r, "output_datatype", DType::f32))};
}

}  // namespace tinsmith::from_onnx

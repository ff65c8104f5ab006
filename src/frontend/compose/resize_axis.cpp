#include "frontend/compose/resize_axis.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

double ResizeAxis::position(int64_t i) const {
    double x = static_cast<double>(i), n = static_cast<double>(in), wanted = scale * n;  // the width before rounding
    switch (coordinates) {
        case Coordinates::half_pixel: return (x + 0.5) / scale - 0.5;
        case Coordinates::half_pixel_symmetric:
            return n / 2 * (1 - static_cast<double>(out) / wanted) + (x + 0.5) / scale - 0.5;
        case Coordinates::pytorch_half_pixel: return wanted == 1 ? -0.5 : (x + 0.5) / scale - 0.5;
        case Coordinates::align_corners: return wanted == 1 ? 0 : x * (n - 1) / (wanted - 1);
        case Coordinates::asymmetric: return x / scale;
        case Coordinates::crop: break;
    }
    double from = roi_start * (n - 1), span = (roi_end - roi_start) * (n - 1);
    return from + (wanted == 1 ? span / 2 : x * span / (wanted - 1));
}

bool ResizeAxis::is_outside(int64_t i) const {
    double x = position(i);
    return coordinates == Coordinates::crop && !(x >= 0 && x <= static_cast<double>(in - 1));
}

// A pixel of the input, however far outside the position is.
static int64_t pixel(double x, int64_t n) { return static_cast<int64_t>(std::clamp(x, 0.0, static_cast<double>(n - 1))); }

Ints ResizeAxis::nearest(Nearest rounding) const {
    Ints list;
    for (int64_t i = 0; i < out; ++i) {
        double x = position(i);
        switch (rounding) {
            case Nearest::floor: x = std::floor(x); break;
            case Nearest::ceil: x = std::ceil(x); break;
            case Nearest::prefer_floor: x = std::ceil(x - 0.5); break;
            case Nearest::prefer_ceil: x = std::floor(x + 0.5); break;
        }
        list.push_back(pixel(x, in));
    }
    return list;
}

ResizeAxis::Linear ResizeAxis::linear() const {
    Linear l;
    for (int64_t i = 0; i < out; ++i) {
        double x = std::clamp(position(i), 0.0, static_cast<double>(in - 1));
        l.low.push_back(pixel(std::floor(x), in));
        l.high.push_back(pixel(std::floor(x) + 1, in));
        l.part.push_back(static_cast<float>(x - std::floor(x)));
    }
    return l;
}

// The interpolation kernel: a triangle, or Keys' cubic with coefficient a.
static double kernel(double x, bool cubic, double a) {
    x = std::abs(x);
    if (!cubic) return std::max(0.0, 1 - x);
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

std::vector<float> ResizeAxis::weights(bool cubic, double a, bool antialias, bool exclude_outside) const {
    std::vector<float> all(static_cast<size_t>(in * out), 0.0f);
    double squeeze = antialias ? std::min(scale, 1.0) : 1, reach = (cubic ? 2 : 1) / squeeze;
    for (int64_t i = 0; i < out; ++i) {
        double x = position(i), sum = 0;
        x = std::clamp(x, -reach - 1, static_cast<double>(in) + reach + 1);  // beyond, only the edge is read
        std::vector<double> row(static_cast<size_t>(in), 0.0);
        for (double tap = std::ceil(x - reach); tap <= std::floor(x + reach); ++tap) {
            double weight = kernel((tap - x) * squeeze, cubic, a);
            if (exclude_outside && (tap < 0 || tap > static_cast<double>(in - 1))) continue;
            sum += weight;
            row[static_cast<size_t>(pixel(tap, in))] += weight;
        }
        bool normalise = (antialias || exclude_outside) && sum != 0;
        for (size_t j = 0; j < row.size(); ++j)
            all[static_cast<size_t>(i * in) + j] = static_cast<float>(normalise ? row[j] / sum : row[j]);
    }
    return all;
}

}  // namespace tinsmith

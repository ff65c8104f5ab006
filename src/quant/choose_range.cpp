#include "quant/choose_range.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace tinsmith {

static constexpr double infinity = std::numeric_limits<double>::infinity();
// Steps of 8 bits, and how many bounds are tried on either side of zero.
static constexpr int steps = 255, candidates = 64;

static double middle(const Histogram& h, size_t bin) { return h.left(bin) + h.width() / 2; }

// The narrowed range: never beyond what was seen, and never without what lies on its border.
static Range within_seen(double min, double max, const Range& seen) {
    const float low = std::max(static_cast<float>(min), seen.min), high = std::min(static_cast<float>(max), seen.max);
    return low <= high ? Range{low, high} : seen;
}

Range percentile_range(const Histogram& h, const Range& seen, double percentile) {
    const double cut = (1 - percentile / 100) / 2 * static_cast<double>(h.total());
    double below = 0, above = 0;
    size_t first = 0, last = h.bins() - 1;
    while (first < last && below + h.count(first) <= cut) below += h.count(first++);
    while (last > first && above + h.count(last) <= cut) above += h.count(last--);
    return within_seen(h.left(first), h.left(last + 1), seen);
}

double share_outside(const Histogram& h, const Range& range) {
    uint64_t outside = 0;
    for (size_t i = 0; i < h.bins(); ++i)
        if (h.left(i + 1) <= range.min || h.left(i) > range.max) outside += h.count(i);
    return static_cast<double>(outside) / static_cast<double>(h.total());
}

namespace {

// Sums over the bins from the left: of 1, x and x^2.
struct Moments {
    std::vector<std::array<double, 3>> sums;

    explicit Moments(const Histogram& h) : sums(h.bins() + 1) {
        for (size_t i = 0; i < h.bins(); ++i) {
            const double n = h.count(i), x = middle(h, i);
            sums[i + 1] = {sums[i][0] + n, sums[i][1] + n * x, sums[i][2] + n * x * x};
        }
    }
    // Sum of (x - bound)^2 over the bins [first, last).
    double clipped(size_t first, size_t last, double bound) const {
        const auto &a = sums[first], &b = sums[last];
        return (b[2] - a[2]) - 2 * bound * (b[1] - a[1]) + bound * bound * (b[0] - a[0]);
    }
    double count(size_t first, size_t last) const { return sums[last][0] - sums[first][0]; }
};

}  // namespace

// The bin in which x lies, or how many there are.
static size_t bin_at(const Histogram& h, double x) {
    return static_cast<size_t>(std::clamp((x - h.left(0)) / h.width(), 0.0, static_cast<double>(h.bins())));
}

// Rounding costs step^2 / 12 each, but nothing to the numbers around zero, which is a step; clipping the distance to the bound.
Range mse_range(const Histogram& h, const Range& seen) {
    const Moments moments(h);
    const double lowest = std::min(seen.min, 0.0f), highest = std::max(seen.max, 0.0f);
    const size_t zero = bin_at(h, 0), before_zero = zero - (zero > 0 ? 1 : 0), after_zero = std::min(zero + 1, h.bins());
    const double at_zero = moments.count(before_zero, after_zero);
    double least = infinity, best_low = lowest, best_high = highest;
    for (int i = lowest < 0 ? candidates : 1; i > 0; --i) {
        const double low = lowest * i / candidates;
        const size_t first = bin_at(h, low);
        const double below = moments.clipped(0, first, low);
        for (int j = highest > 0 ? candidates : 1; j > 0; --j) {
            const double high = highest * j / candidates, step = (high - low) / steps;
            const size_t last = bin_at(h, high);
            const double rounded = std::max(moments.count(first, std::max(first, last)) - at_zero, 0.0);
            const double error = below + moments.clipped(last, h.bins(), high) + rounded * step * step / 12;
            if (error >= least) continue;
            least = error;
            best_low = low;
            best_high = high;
        }
    }
    return within_seen(best_low, best_high, seen);
}

// The bins [first, last), what lies outside counted at their ends, against the same in `steps` + 1 groups of equal width in which
// all bins that are not empty are alike. After Migacz, "8-bit inference with TensorRT", 2017. The bin of zero is left out: zero
// is a step of its own, however narrow the range, and half of what a ReLU leaves would drown all else.
static double divergence(const Histogram& h, size_t first, size_t last) {
    const size_t bins = last - first;
    std::vector<double> p(bins), q(bins, 0);
    const size_t zero = bin_at(h, 0);
    const auto count = [&](size_t bin) -> double { return bin == zero ? 0 : h.count(bin); };
    double total = 0;
    for (size_t i = 0; i < h.bins(); ++i) {
        p[std::clamp(i, first, last - 1) - first] += count(i);
        total += count(i);
    }
    double inside = 0;
    for (size_t group = 0; group <= steps; ++group) {
        const size_t from = group * bins / (steps + 1), to = (group + 1) * bins / (steps + 1);
        double sum = 0, used = 0;
        for (size_t i = from; i < to; ++i) {
            sum += count(first + i);
            used += p[i] > 0 ? 1 : 0;
        }
        for (size_t i = from; i < to; ++i) q[i] = p[i] > 0 ? sum / used : 0;
        inside += sum;
    }
    // What has no likeness counts as if a ten-thousandth of one number were there.
    constexpr double least = 1e-4;
    double sum = 0;
    for (size_t i = 0; i < bins; ++i)
        if (p[i] > 0) sum += p[i] / total * std::log(p[i] / total * inside / std::max(q[i], least));
    return sum;
}

Range entropy_range(const Histogram& h, const Range& seen) {
    const double widest = std::max(std::abs(seen.min), std::abs(seen.max));
    double least = infinity;
    Range best = seen;
    for (int i = candidates; i > 0; --i) {
        const double bound = widest * i / candidates;
        const size_t first = bin_at(h, std::max(-bound, double{seen.min}));
        const size_t last = std::min(bin_at(h, std::min(bound, double{seen.max})) + 1, h.bins());
        if (last - first <= steps) break;
        const double found = divergence(h, first, last);
        if (found >= least) continue;
        least = found;
        best = within_seen(h.left(first), h.left(last), seen);
    }
    return best;
}

}  // namespace tinsmith

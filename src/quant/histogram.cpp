#include "quant/histogram.hpp"

#include "quant/scan.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tinsmith {

// Narrower bins are of no use, and 2^-exponent must be a normal float.
static constexpr int least_exponent = -120;

static int64_t bin_of(float x, int exponent) { return static_cast<int64_t>(std::floor(std::ldexp(double{x}, -exponent))); }

// The narrowest bins of which the hull needs no more than there are: a function of the hull alone.
static int exponent_for(const Range& hull) {
    int exponent = 0;
    std::frexp(std::max(double{hull.max} - hull.min, std::ldexp(1.0, least_exponent)), &exponent);
    exponent = std::max(exponent - 13, least_exponent);
    while (bin_of(hull.max, exponent) - bin_of(hull.min, exponent) + 1 > Histogram::most_bins) ++exponent;
    return exponent;
}

double Histogram::width() const { return std::ldexp(1.0, exponent_); }

uint64_t Histogram::total() const { return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0}); }

void Histogram::grow(const Range& hull) {
    hull_ = {std::min(hull.min, hull_.min), std::max(hull.max, hull_.max)};
    const int exponent = exponent_for(hull_);
    const int64_t first = bin_of(hull_.min, exponent), last = bin_of(hull_.max, exponent);
    const auto bins = static_cast<size_t>(last - first + 1);
    if (bins == counts_.size() && exponent == exponent_ && first == first_) return;
    Histogram grown;
    grown.hull_ = hull_;
    grown.exponent_ = exponent;
    grown.first_ = first;
    grown.counts_.assign(bins, 0);
    grown.take(*this);
    *this = std::move(grown);
}

void Histogram::take(const Histogram& finer) {
    const int shift = exponent_ - finer.exponent_;  // an arithmetic shift is the floor of a division
    for (size_t i = 0; i < finer.counts_.size(); ++i)
        counts_[static_cast<size_t>(((finer.first_ + static_cast<int64_t>(i)) >> shift) - first_)] += finer.counts_[i];
}

void Histogram::add(std::span<const float> numbers, const Range& hull) {
    grow(hull);
    count_bins(numbers, std::ldexp(1.0f, -exponent_), static_cast<int32_t>(first_), counts_.data());
}

void Histogram::merge(const Histogram& other) {
    if (other.empty()) return;
    grow(other.hull_);
    take(other);
}

}  // namespace tinsmith

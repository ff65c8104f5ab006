// A histogram that grows: its bins are a power of two wide and start at a multiple of it, so that doubling their width adds
// pairs of bins, and what it holds in the end does not depend on the order in which numbers came.
#pragma once

#include "quant/ranges.hpp"

#include <span>

namespace tinsmith {

class Histogram {
public:
    static constexpr int32_t most_bins = 4096;

    // All numbers lie within `hull`, which contains 0.
    void add(std::span<const float> numbers, const Range& hull);
    void merge(const Histogram& other);

    bool empty() const { return counts_.empty(); }
    uint64_t total() const;
    // Bin i holds numbers from left(i) up to, but without, left(i + 1).
    size_t bins() const { return counts_.size(); }
    uint32_t count(size_t bin) const { return counts_[bin]; }
    double width() const;
    double left(size_t bin) const { return (first_ + static_cast<double>(bin)) * width(); }

    bool operator==(const Histogram&) const = default;

private:
    // Makes room for the hull.
    void grow(const Range& hull);
    // Adds the counts of bins no wider than these, all within these.
    void take(const Histogram& finer);

    Range hull_;        // of all that was added, and 0
    int exponent_ = 0;  // width = 2^exponent
    int64_t first_ = 0;
    std::vector<uint32_t> counts_;
};

}  // namespace tinsmith

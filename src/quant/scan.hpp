// One look at all floats of a tensor, as fast as memory gives them: extremes, and a few numbers for a histogram.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tinsmith {

struct Scan {
    float min = 0, max = 0;
    bool finite = true;  // false: some number is a NaN or an infinity, and the extremes mean nothing
};

// Extremes of at least one number; every `step`-th from `phase` on is appended to `picked` where there is one.
Scan scan(std::span<const float> numbers, size_t step, size_t phase, std::vector<float>* picked);

// The picks alone.
void pick(std::span<const float> numbers, size_t step, size_t phase, std::vector<float>& picked);

// Adds 1 to counts[floor(x * scale) - first] for each number: the caller knows that these indices are in range. `scale` is a
// power of two.
void count_bins(std::span<const float> numbers, float scale, int32_t first, uint32_t* counts);

}  // namespace tinsmith

// From what was seen of a tensor to the range that its stored integers should span.
#pragma once

#include "quant/histogram.hpp"
#include "quant/observer.hpp"

namespace tinsmith {

// Ranges within `seen`, from the numbers' distribution (not empty).
Range percentile_range(const Histogram& histogram, const Range& seen, double percentile);
// The least mean squared error of 256 steps between the two bounds.
Range mse_range(const Histogram& histogram, const Range& seen);
// The least Kullback-Leibler divergence of the distribution in 256 steps from the one in the histogram's bins.
Range entropy_range(const Histogram& histogram, const Range& seen);

// Share of the numbers outside the range, to the width of a bin.
double share_outside(const Histogram& histogram, const Range& range);

}  // namespace tinsmith

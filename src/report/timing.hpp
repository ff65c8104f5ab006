// What a series of measured times says.
#pragma once

#include <cstdint>
#include <span>

namespace tinsmith {

struct Timing {
    double mean_ms = 0, std_ms = 0, min_ms = 0, median_ms = 0, p95_ms = 0, max_ms = 0;
    double throughput_fps = 0;  // samples a second
    int64_t runs = 0;
};

// `seconds`: one for each run, at least one; each run computed `samples` samples. The deviation is the sample's (n - 1); percentiles
// are interpolated between the two nearest runs, as numpy.percentile does.
Timing timing_of(std::span<const double> seconds, int64_t samples);

}  // namespace tinsmith

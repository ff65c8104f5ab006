#include "report/timing.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <vector>

namespace tinsmith {

static double percentile(std::span<const double> sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<size_t>(at);
    const size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

Timing timing_of(std::span<const double> seconds, int64_t samples) {
    assert(!seconds.empty() && samples > 0);
    std::vector<double> ms;
    for (double s : seconds) ms.push_back(s * 1e3);
    std::sort(ms.begin(), ms.end());
    const auto count = static_cast<double>(ms.size());
    const double mean = std::accumulate(ms.begin(), ms.end(), 0.0) / count;
    double squares = 0;
    for (double t : ms) squares += (t - mean) * (t - mean);
    Timing out{
        mean,     ms.size() > 1 ? std::sqrt(squares / (count - 1)) : 0, ms.front(), percentile(ms, 0.5), percentile(ms, 0.95),
        ms.back()};
    out.throughput_fps = mean > 0 ? 1e3 * static_cast<double>(samples) / mean : 0;
    out.runs = static_cast<int64_t>(ms.size());
    return out;
}

}  // namespace tinsmith

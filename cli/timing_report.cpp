#include "timing_report.hpp"

#include <fmt/format.h>

namespace tinsmith::cli {

std::string ms_text(double ms) { return ms >= 100 ? fmt::format("{:.0f}", ms) : fmt::format("{:#.3g}", ms); }

nlohmann::ordered_json timing_json(const Timing& t) {
    return {{"runs", t.runs},           {"mean_ms", t.mean_ms}, {"std_ms", t.std_ms}, {"min_ms", t.min_ms},
            {"median_ms", t.median_ms}, {"p95_ms", t.p95_ms},   {"max_ms", t.max_ms}, {"throughput_fps", t.throughput_fps}};
}

}  // namespace tinsmith::cli

// Measured times, as text and as JSON.
#pragma once

#include "report/timing.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace tinsmith::cli {

std::string ms_text(double ms);  // three significant digits
// Keys: runs, mean_ms, std_ms, min_ms, median_ms, p95_ms, max_ms, throughput_fps.
nlohmann::ordered_json timing_json(const Timing& timing);

}  // namespace tinsmith::cli

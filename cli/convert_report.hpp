// What convert says, for people and for programs.
#pragma once

#include "api/convert.hpp"

namespace tinsmith::cli {

// `threshold`: the top-1 agreement on --data that makes the verdict PASSED.
std::string conversion_text(const Conversion& conversion, const ConvertOptions& options, double threshold);
std::string conversion_json(const Conversion& conversion, const ConvertOptions& options, double threshold);

}  // namespace tinsmith::cli

// What convert says, for people and for programs.
#pragma once

#include "api/convert.hpp"

namespace tinsmith::cli {

std::string_view method_name(Method method);  // "float32", "float16", "dynamic_range"

std::string conversion_text(const Conversion& conversion, const ConvertOptions& options);
std::string conversion_json(const Conversion& conversion, const ConvertOptions& options);

}  // namespace tinsmith::cli

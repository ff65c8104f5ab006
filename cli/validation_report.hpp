// What validate found, for people and for programs.
#pragma once

#include "api/validate.hpp"

#include <nlohmann/json.hpp>

namespace tinsmith::cli {

// `list`: with every sample that disagrees.
std::string validation_text(const ValidateResult& result, bool list);
nlohmann::ordered_json validation_json(const ValidateResult& result, bool list);

}  // namespace tinsmith::cli

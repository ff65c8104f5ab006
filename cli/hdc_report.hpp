// What hdc found, for people and as JSON.
#pragma once

#include "api/hdc.hpp"

namespace tinsmith::cli {

std::string hdc_text(const HdcResult& result);
std::string hdc_json(const HdcResult& result);

}  // namespace tinsmith::cli

// NAME_quantize.h: static inline conversions of ports that store integers.
#pragma once

#include "backend/c/ports.hpp"

namespace tinsmith::c99 {

// Whether the port stores 8 or 16 bits with one scale.
bool stores_reals(const CPort& port);

std::string quantize_text(const std::vector<PlannedModel>& models, const std::vector<CNames>& names, std::string_view made_by);

}  // namespace tinsmith::c99

// NAME.h: memory, init, invoke, and where inputs and outputs lie.
#pragma once

#include "backend/c/ports.hpp"

namespace tinsmith::c99 {

std::string interface_text(const std::vector<PlannedModel>& models, const std::vector<CNames>& names, std::string_view made_by);

}  // namespace tinsmith::c99

// NAME_self_test.c: runs one sample and compares with what the host computed.
#pragma once

#include "backend/c/ports.hpp"

namespace tinsmith::c99 {

std::string self_test_text(const std::vector<PlannedModel>& models, const std::vector<CNames>& names, std::string_view made_by);

}  // namespace tinsmith::c99

// The files beside the code: the interface, the conversions between real and stored numbers, the self-test.
#pragma once

#include "backend/c/ports.hpp"

namespace tinsmith::c99 {

// NAME.h: memory, init, invoke, and where inputs and outputs lie.
std::string interface_text(const PlannedModel& model, std::string_view name, std::string_view made_by);
// NAME_quantize.h: static inline functions for ports that store integers.
std::string quantize_text(const PlannedModel& model, std::string_view name, std::string_view made_by);
// NAME_self_test.c: runs one sample and compares with what the host computed.
std::string self_test_text(const PlannedModel& model, std::string_view name, std::string_view made_by);

}  // namespace tinsmith::c99

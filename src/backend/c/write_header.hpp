// NAME.h: memory, init, invoke, and where inputs and outputs lie.
#pragma once

#include "backend/c/ports.hpp"

#include <optional>

namespace tinsmith::c99 {

// `nn_bytes`: work space of CMSIS-NN and ESP-NN; nothing where they compute no layer.
std::string interface_text(const std::vector<PlannedModel>& models, const std::vector<CNames>& names,
                           std::optional<size_t> nn_bytes, std::string_view made_by);

}  // namespace tinsmith::c99

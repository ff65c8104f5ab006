// NAME_kernels.h: what generated code calls.
#pragma once

#include "backend/c/write_model.hpp"

namespace tinsmith::c99 {

// The kernels of all models, each once.
std::string kernels_text(const std::vector<ModelText>& models, std::string_view name, std::string_view made_by);

}  // namespace tinsmith::c99

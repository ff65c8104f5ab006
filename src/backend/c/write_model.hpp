// What generated C holds of one model: its functions, its constants, and which kernels they call.
#pragma once

#include "backend/c/ports.hpp"

#include <set>

namespace tinsmith::c99 {

struct ModelText {
    std::string code;     // descriptors and tables, then init and invoke
    std::string weights;  // the constants' definitions
    std::set<std::string> kernels, mcu_kernels;
    size_t constant_bytes = 0;
};

// `linkage`: "" or "static ", of init and invoke.
ModelText model_text(const PlannedModel& model, const CNames& names, std::string_view linkage);

}  // namespace tinsmith::c99

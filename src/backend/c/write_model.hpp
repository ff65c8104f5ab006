// What generated C holds of one model: its functions, its constants, and which kernels they call.
#pragma once

#include "backend/c/ports.hpp"

#include <set>

namespace tinsmith::c99 {

struct ModelText {
    std::string code;     // descriptors and tables, then init and invoke
    std::string weights;  // the constants' definitions
    std::set<std::string> kernels, mcu_kernels;
    // Where CMSIS-NN or ESP-NN compute layers: their constants and adapters, what these call, and work space.
    std::string nn_weights;
    std::set<std::string> nn_kernels, nn_adapters;
    size_t nn_bytes = 0;
    size_t constant_bytes = 0;
};

// `linkage`: "" or "static ", of init and invoke.
ModelText model_text(const PlannedModel& model, const CNames& names, std::string_view linkage);

}  // namespace tinsmith::c99

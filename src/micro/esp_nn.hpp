// Scratch memory of Espressif's kernels (ESP-NN), as of April 2026.
#pragma once

#include "micro/kernels.hpp"

namespace tinsmith {

// Bytes that the operator asks for while it runs; 0: none.
size_t esp_nn_scratch(const MicroOperator& op, EspNn kernels);

}  // namespace tinsmith

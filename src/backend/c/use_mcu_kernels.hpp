// The kernels for microcontrollers in place of the plain ones, where they compute the same bits.
#pragma once

#include "backend/c/record.hpp"

namespace tinsmith::c99 {

// Replaces calls of 8-bit layers by those of kernel/mcu, and packs their weights as these want them.
void use_mcu_kernels(const Graph& graph, NodeCalls& calls);

}  // namespace tinsmith::c99

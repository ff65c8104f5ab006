// Calls of CMSIS-NN and ESP-NN in place of a node's kernels, by way of adapters that take what the plain kernels take.
#pragma once

#include "backend/c/record.hpp"

#include <optional>
#include <set>
#include <string>

namespace tinsmith::c99 {

// The node's calls of plain kernels, as they were recorded, with adapters ("tin_nn_conv_i8") where there are such; nothing where none is.
std::optional<NodeCalls> nn_calls(const NodeCalls& plain);

// Work space that the adapters of these calls are given by default.
size_t nn_bytes(const NodeCalls& calls);

// The adapters, between #if and #endif: `upper` starts the macros that choose the library. They call the plain kernels of the same names
// without "nn_" where the library cannot be called.
std::string nn_adapters(const std::set<std::string>& adapters, std::string_view upper);

}  // namespace tinsmith::c99

// The nesting of a program's results, as PyTorch's pytree writes it down.
#pragma once

#include "format/torch/program_json.hpp"

namespace tinsmith::torch {

// For each result in a row the keys and positions on the way to it, joined by dots where a dictionary is on the way: "boxes.0"; ""
// elsewhere. Empty where nothing is said of them.
std::vector<std::string> output_names(const Json& graph_module);

}  // namespace tinsmith::torch

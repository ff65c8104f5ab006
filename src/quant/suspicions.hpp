// What in ranges makes one doubt the samples or the model: each a sentence that names the tensors and what to check.
#pragma once

#include "quant/ranges.hpp"

namespace tinsmith {

// Activations that never leave zero, and tensors that never change.
std::vector<std::string> suspicions(const Graph& graph, const Ranges& ranges);

// Tensors whose range differs from an earlier run's by more than a third of the wider one: other samples, or other preprocessing.
std::vector<std::string> disagreements(const Graph& graph, const Ranges& now, const Ranges& earlier);

}  // namespace tinsmith

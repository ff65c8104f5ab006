// --fold-normalize: raw pixels become the input of a model.
#pragma once

#include "ir/graph.hpp"

#include <span>

namespace tinsmith {

// Input number `input` now takes what it took before times `deviation` plus `mean`, by index along `channel_axis` (one entry:
// for all). See fold_normalize.cpp.
void fold_normalize(Graph& graph, size_t input, int64_t channel_axis, std::span<const double> mean,
                    std::span<const double> deviation);

}  // namespace tinsmith

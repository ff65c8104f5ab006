// Models that take raw pixels, because their normalisation was folded into them.
#pragma once

#include "data/record.hpp"

namespace tinsmith {

// Puts a normalisation in front of every float input that takes images of its channels. Throws Fault::input when there is none.
void take_raw_pixels(Graph& graph, const Normalization& normalization, const DataOptions& options);

}  // namespace tinsmith

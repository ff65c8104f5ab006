// Whether a graph computes on stored integers, as a file of TFLite does, or on floats that now and then go through them.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// Some node, beyond Quantize and Dequantize, computes on integers. Integers that are only moved (Transpose, Reshape) say so where
// nothing computes on floats.
bool computes_on_integers(const Graph& graph);

}  // namespace tinsmith

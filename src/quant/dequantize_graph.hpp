// From a model that computes on integers back to one on floats: the inverse of quant/apply.hpp, up to rounding.
#pragma once

#include "op/computes_on_integers.hpp"

namespace tinsmith {

// The type of the activations that most of its nodes compute on, i8, u8 or i16. Requires computes_on_integers().
DType integers_of(const Graph& graph);

// Before: values and constants stored as integers, Quantize and Dequantize between them
// After:  the real numbers that they stand for; ids, names and order are kept. Saturation at zero, where an integer layer needs no
//         activation of its own, becomes the layer's Relu. Inputs and outputs are f32.
// Saturation at other bounds, which came from observed ranges, is left out. Throws Fault::unsupported where an operator needs the
// integers themselves (Cast of stored integers, loops that carry them).
Graph dequantized(Graph graph);

}  // namespace tinsmith

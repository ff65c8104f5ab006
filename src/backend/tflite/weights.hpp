// How weights are stored: the last step before a graph is written.
#pragma once

#include "backend/tflite/tflite.hpp"

namespace tinsmith {

// Large float constants become float16 with a Dequantize behind them. Returns what stayed float32, and why.
std::vector<std::string> store_weights_as_float16(Graph& graph);

// Weights of convolutions and matrix products become int8: symmetric, -127..127, one scale for each output channel. Returns
// what stayed float32, and why. Throws Fault::unsupported when nothing could be stored so.
std::vector<std::string> store_weights_as_int8(Graph& graph, const TfliteOptions& options);

}  // namespace tinsmith

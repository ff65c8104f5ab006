// The spatial axes of convolutions and pools, for those who ask whether TFLite's two paddings express them.
#pragma once

#include "format/tflite/padding.hpp"
#include "ir/op_def.hpp"

#include <vector>

namespace tinsmith::tflite {

// Of a Conv, DepthwiseConv, Conv3D, MaxPool or AveragePool.
std::vector<Window> windows_of(const Graph& graph, const Node& node);
// Of a ConvTranspose or ConvTranspose3D.
std::vector<Window> transposed_windows_of(const Graph& graph, const Node& node);

}  // namespace tinsmith::tflite

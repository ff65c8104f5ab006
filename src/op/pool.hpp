// What MaxPool and AveragePool share.
#pragma once

#include "op/window.hpp"

namespace tinsmith {

// Same channels, spatial extents by the window's places. Throws Fault::input when a window could lie on padding alone.
std::vector<Type> infer_pool(const InferContext& c);
tin_window pool_window(const EvalContext& c);

}  // namespace tinsmith

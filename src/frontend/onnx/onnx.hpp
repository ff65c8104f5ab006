// The ONNX frontend.
#pragma once

#include "frontend/frontend.hpp"

namespace tinsmith {

Frontend onnx_frontend();

}  // namespace tinsmith

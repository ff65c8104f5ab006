// The TFLite frontend.
#pragma once

#include "frontend/frontend.hpp"

namespace tinsmith {

Frontend tflite_frontend();

}  // namespace tinsmith

// The Keras frontend: .h5 of Keras 1 to 3, .keras of Keras 2 and 3.
#pragma once

#include "frontend/frontend.hpp"

namespace tinsmith {

Frontend keras_frontend();

}  // namespace tinsmith

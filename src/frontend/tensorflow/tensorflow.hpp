// The TensorFlow frontends.
#pragma once

#include "frontend/frontend.hpp"

namespace tinsmith {

Frontend savedmodel_frontend();  // a folder with saved_model.pb and variables/, or that file
Frontend graphdef_frontend();    // a frozen graph

}  // namespace tinsmith

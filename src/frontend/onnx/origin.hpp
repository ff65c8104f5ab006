// Where in the source a node comes from, for people: its name, or the module that the exporter noted.
#pragma once

#include "format/onnx/model.hpp"

namespace tinsmith {

std::string origin_of(const onnx::Node& node);

}  // namespace tinsmith

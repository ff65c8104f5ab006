// Messages of TensorFlow's formats, written.
#pragma once

#include "format/tensorflow/model.hpp"

#include <string>

namespace tinsmith::tensorflow {

// A NodeDef without device: name, operator, inputs and attributes in their order.
std::string encode_node(const Node& node);

}  // namespace tinsmith::tensorflow

// TensorFlow's element types and tensors as the graph has them.
#pragma once

#include "format/tensorflow/model.hpp"
#include "ir/builder.hpp"

namespace tinsmith::tensorflow {

// The graph's element type: float16, bfloat16 and float64 become f32. Throws Fault::unsupported naming the type when there is none.
DType dtype_of(DataType type);
// Adds the tensor as a constant; shares the payload unless its element type changes.
ValueId add_tensor(Builder& b, const Tensor& tensor, std::string name);

}  // namespace tinsmith::tensorflow

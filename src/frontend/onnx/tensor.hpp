// ONNX tensors and element types as the graph has them.
#pragma once

#include "format/onnx/model.hpp"
#include "ir/builder.hpp"

namespace tinsmith {

// The graph's element type for an ONNX one: float16, bfloat16 and float64 become f32, uint4 becomes u8, int4 becomes i8. Throws
// Fault::unsupported naming the type when there is none.
DType dtype_of(onnx::ElementType type);
// The tensor's type in the graph.
Type type_of(const onnx::Tensor& tensor);
// Adds the tensor as a constant; shares the payload unless its element type changes.
ValueId add_tensor(Builder& b, const onnx::Tensor& tensor);

}  // namespace tinsmith

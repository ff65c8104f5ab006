// Conversions between element types.
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/tensor.hpp"

namespace tinsmith::from_onnx {

// float16, bfloat16 and float64 are f32 in the graph: a conversion between floats is none.
std::vector<ValueId> cast(NodeReader& r) {
    const DType to = dtype_of(static_cast<onnx::ElementType>(r.integer("to")));
    return {cast(Formula{r.b, r.operand(0)}, to)};
}

std::vector<ValueId> cast_like(NodeReader& r) { return {cast(Formula{r.b, r.operand(0)}, r.type(1).dtype)}; }

}  // namespace tinsmith::from_onnx

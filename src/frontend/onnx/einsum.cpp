// Einsum.
#include "frontend/compose/einsum.hpp"
#include "frontend/onnx/ops.hpp"

namespace tinsmith {

std::vector<ValueId> from_onnx::einsum(NodeReader& r) {
    Compose m{r.b};
    std::vector<ValueId> operands;
    for (size_t i = 0; i < r.in.size(); ++i) operands.push_back(r.operand(i));
    return {tinsmith::einsum(m, r.text("equation", ""), operands)};
}

}  // namespace tinsmith

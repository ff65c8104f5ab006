#include "frontend/onnx/ops.hpp"

#include <algorithm>
#include <array>

namespace tinsmith {

static constexpr std::array table{
#define ONNX_OP(name, function, since) OnnxOp{#name, &from_onnx::function, "", since},
#include "frontend/onnx/ops.inc"
#undef ONNX_OP
};

const OnnxOp* find_onnx_op(std::string_view name) {
    auto found = std::find_if(table.begin(), table.end(), [&](const OnnxOp& row) { return row.name == name; });
    return found == table.end() ? nullptr : &*found;
}

const OpDef* find_same_op(std::string_view name) {
    for (const OpDef* def : all_ops())
        if (!def->onnx.empty() && def->onnx == name) return def;
    return nullptr;
}

}  // namespace tinsmith

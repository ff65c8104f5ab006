#include "frontend/onnx/ops.hpp"

#include <algorithm>
#include <array>

namespace tinsmith {

static constexpr std::array table{
#define ONNX_OP(name, function, since) OnnxOp{#name, &from_onnx::function, "", since},
#define MICROSOFT_OP(name, function) OnnxOp{#name, &from_onnx::function, "com.microsoft"},
#include "frontend/onnx/ops.inc"
#undef ONNX_OP
#undef MICROSOFT_OP
};

const OnnxOp* find_onnx_op(std::string_view domain, std::string_view name) {
    auto found =
        std::find_if(table.begin(), table.end(), [&](const OnnxOp& row) { return row.domain == domain && row.name == name; });
    return found == table.end() ? nullptr : &*found;
}

const OpDef* find_same_op(std::string_view domain, std::string_view name) {
    if (!domain.empty()) return nullptr;
    for (const OpDef* def : all_ops())
        if (!def->onnx.empty() && def->onnx == name) return def;
    return nullptr;
}

}  // namespace tinsmith

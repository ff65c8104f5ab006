#include "ir/op_def.hpp"

namespace tinsmith {

bool is_quantised(const Type& type) {
    return type.quant && (type.dtype == DType::i8 || type.dtype == DType::u8 || type.dtype == DType::i16);
}

static bool decides(const OpDef& op, const Type* operand) {
    return operand && is_quantised(*operand) && (op.integer.types & dtype_bit(operand->dtype)) != 0;
}

bool is_quantised(const OpDef& op, std::span<const Type* const> in) {
    return op.integer.operand < in.size() && decides(op, in[op.integer.operand]);
}

bool is_quantised(const Graph& graph, const Node& node) {
    const ValueId operand = node.input(node.op->integer.operand);
    return operand != no_value && decides(*node.op, &graph.type(operand));
}

void compute(const EvalContext& context) {
    const OpDef& op = *context.node.op;
    const bool quantised = op.integer.operand < context.in.size() && decides(op, context.in[op.integer.operand].type);
    (quantised && op.integer.eval ? op.integer.eval : op.eval)(context);
}

}  // namespace tinsmith

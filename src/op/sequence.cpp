#include "op/sequence.hpp"

#include "op/hybrid.hpp"

#include <algorithm>

namespace tinsmith {

tin_gate gate_of(std::string_view activation) {
    if (activation == "none") return TIN_GATE_NONE;
    if (activation == "relu") return TIN_GATE_RELU;
    if (activation == "relu6") return TIN_GATE_RELU6;
    if (activation == "relu_n1_to_1") return TIN_GATE_RELU_N1_TO_1;
    if (activation == "tanh") return TIN_GATE_TANH;
    fail(Fault::input, "no activation is called '{}': none, relu, relu6, relu_n1_to_1, tanh", activation);
}

Sequence Sequence::of(const Node& node, const Shape& x) {
    check(x.size() == 3, "a sequence has three dimensions, x has shape {}", to_string(x));
    const bool time_major = node.flag("time_major");
    return {x[time_major ? 1 : 0], x[time_major ? 0 : 1], x[2], time_major};
}

Shape Sequence::with(int64_t outputs) const { return time_major ? Shape{time, batch, outputs} : Shape{batch, time, outputs}; }

void check_shape(const InferContext& c, size_t operand, const Shape& shape) {
    if (!c.has(operand)) return;
    const std::span<const size_t> weights = hybrid_operands(c.node);
    const bool may_be_stored = std::find(weights.begin(), weights.end(), operand) != weights.end();
    check(c.type(operand).dtype == DType::f32 || may_be_stored || is_quantised(*c.node.op, c.in), "operand '{}' is {}, not f32",
          c.node.op->operands[operand].role, to_string(c.type(operand)));
    check(c.type(operand).shape == shape, "operand '{}' is {}, not {}", c.node.op->operands[operand].role,
          to_string(c.type(operand)), to_string(shape));
}

}  // namespace tinsmith

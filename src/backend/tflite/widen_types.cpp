// Before: an operator on an element type that LiteRT's kernels do not take (the row's `accepts`).
// After:  the same operator on the next wider type that they take, between Casts.
// When:   the result is the same, bit by bit: integers wrap alike after the cast back; floats stand in for integers of at most
//         16 bits, and only where elements are moved or compared; i64 becomes i32 only where every element is known to fit.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

using tflite::accepts;

bool moves_elements(const Node& node) {
    return node.op->quant == QuantRule::same_as_input && !node.is(op::AveragePool) && !node.is(op::ResizeBilinear);
}

bool is_positive_constant(const Rewriter& r, ValueId value) {
    if (!r.graph.is_constant(value)) return false;
    auto elements = r.graph.constant_ints(value);
    return std::all_of(elements.begin(), elements.end(), [](int64_t v) { return v > 0; });
}

// Whether every element of a constant, or of what an operator makes of narrower ones, is an i32.
bool fits_i32(const Rewriter& r, ValueId value, int depth = 0) {
    const Type& type = r.type(value);
    if (type.dtype != DType::i64) return dtype_bits(type.dtype) < 32 || type.dtype == DType::i32;
    if (r.graph.is_constant(value)) {
        auto elements = r.graph.constant_ints(value);
        return std::all_of(elements.begin(), elements.end(), [](int64_t v) { return v >= INT32_MIN && v <= INT32_MAX; });
    }
    const Node* node = r.producer(value);
    if (!node || depth > 8) return false;
    if (node->is(op::ArgMax) || node->is(op::ArgMin)) return true;
    if (node->is(op::FloorMod)) return fits_i32(r, node->inputs[1], depth + 1);
    if (node->is(op::FloorDiv) && is_positive_constant(r, node->inputs[1])) return fits_i32(r, node->inputs[0], depth + 1);
    if (node->is(op::Cast)) return fits_i32(r, node->inputs[0], depth + 1) && !is_float(r.type(node->inputs[0]).dtype);
    if (!moves_elements(*node)) return false;
    return std::all_of(node->inputs.begin(), node->inputs.end(), [&](ValueId id) {
        return id == no_value || r.type(id).dtype != DType::i64 || fits_i32(r, id, depth + 1);
    });
}

std::optional<DType> wider(const Rewriter& r, const Node& node, const std::vector<size_t>& operands, DType dtype) {
    std::vector<DType> candidates;
    switch (dtype) {
        case DType::boolean:
        case DType::i8:
        case DType::u8:
        case DType::i16:
        case DType::u16: candidates = {DType::i32, DType::i64}; break;
        case DType::i32:
        case DType::u32: candidates = {DType::i64}; break;
        case DType::i64:
            if ((moves_elements(node) || (node.is(op::FloorDiv) && is_positive_constant(r, node.inputs[1]))) &&
                std::all_of(operands.begin(), operands.end(), [&](size_t i) { return fits_i32(r, node.inputs[i]); }))
                candidates = {DType::i32};
            break;
        default: return std::nullopt;
    }
    bool exact_as_float = dtype_bits(dtype) <= 16 && (moves_elements(node) || r.type(node.outputs[0]).dtype == DType::boolean);
    if (exact_as_float) candidates.push_back(DType::f32);
    for (DType candidate : candidates)
        if (accepts(node, candidate)) return candidate;
    return std::nullopt;
}

bool is_parameter(std::string_view role) {
    return role == "indices" || role == "shape" || role == "starts" || role == "ends" || role == "steps" || role == "pads" ||
           role == "axes" || role == "axis" || role == "repeats" || role == "k" || role == "lengths" || role == "condition";
}

bool widen(Rewriter& r, const Node& node) {
    if (node.op->tflite.builtin < 0 || node.inputs.empty() || node.is(op::Cast)) return false;
    const Type& deciding = r.type(node.inputs[tflite::deciding_operand(node)]);
    DType dtype = deciding.dtype;
    if (deciding.quant || accepts(node, dtype)) return false;

    std::vector<size_t> operands;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        const Operand& operand = node.op->operands[std::min(i, node.op->operands.size() - 1)];
        if (node.inputs[i] != no_value && r.type(node.inputs[i]).dtype == dtype && !is_parameter(operand.role))
            operands.push_back(i);
    }
    auto wide = wider(r, node, operands, dtype);
    if (!wide) return false;
    std::vector<ValueId> inputs = node.inputs;
    for (size_t i : operands) inputs[i] = r.add(op::Cast, {inputs[i]}, {{"to", std::string(dtype_name(*wide))}});
    auto outputs = r.add_like(node, std::move(inputs));
    for (size_t i = 0; i < outputs.size(); ++i) {
        DType wanted = r.type(node.outputs[i]).dtype;
        if (r.type(outputs[i]).dtype != wanted)
            outputs[i] =
                r.add(op::Cast, {outputs[i]}, {{"to", std::string(dtype_name(wanted))}}, r.graph.value(node.outputs[i]).name);
        r.replace(node.outputs[i], outputs[i]);
    }
    return true;
}

}  // namespace

int widen_types(Graph& graph, const PassOptions&) { return rewrite(graph, widen); }

}  // namespace tinsmith

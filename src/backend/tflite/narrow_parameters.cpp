// Before: a shape, axis, count or bound computed at run time as i64.
// After:  a Cast to i32 in front of it, bounds of a Slice clamped first (INT64_MAX stands for "to the end").
// When:   TFLite's kernels take these parameters as i32.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

namespace tinsmith {

static bool takes_i64(const Node& node) { return node.is(op::Tile) || node.is(op::Pad) || node.is(op::Expand); }

// Indices of ScatterND lie inside a shape, which TFLite states as i32.
static bool is_parameter(const Node& node, std::string_view role) {
    if (role == "indices") return node.is(op::ScatterND);
    return role == "shape" || role == "starts" || role == "ends" || role == "steps" || role == "axes" || role == "axis" ||
           role == "k";
}

static bool narrow(Rewriter& r, const Node& node) {
    if (takes_i64(node)) return false;
    std::vector<ValueId> inputs = node.inputs;
    bool changed = false;
    for (size_t i = 0; i < inputs.size() && i < node.op->operands.size(); ++i) {
        std::string_view role = node.op->operands[i].role;
        if (inputs[i] == no_value || r.type(inputs[i]).dtype != DType::i64 || !is_parameter(node, role)) continue;
        if (node.is(op::Slice)) {
            inputs[i] = r.add(op::Min, {inputs[i], r.scalar(INT32_MAX, DType::i64)});
            inputs[i] = r.add(op::Max, {inputs[i], r.scalar(-INT32_MAX, DType::i64)});
        }
        inputs[i] = r.add(op::Cast, {inputs[i]}, {{"to", std::string("i32")}});
        changed = true;
    }
    if (!changed) return false;
    auto outputs = r.add_like(node, std::move(inputs));
    for (size_t i = 0; i < outputs.size(); ++i) r.replace(node.outputs[i], outputs[i]);
    return true;
}

int narrow_parameters(Graph& graph, const PassOptions&) { return rewrite(graph, narrow); }

}  // namespace tinsmith

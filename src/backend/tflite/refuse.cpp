#include "backend/tflite/legalize.hpp"
#include "backend/tflite/operator_writer.hpp"
#include "backend/tflite/windows.hpp"
#include "op/list.hpp"

namespace tinsmith::tflite {

size_t deciding_operand(const Node& node) {
    bool second = node.is(op::Where) || node.is(op::ScatterND);
    return second ? 1 : 0;
}

static std::string refuse_types(const Graph& graph, const Node& node) {
    for (const auto& ids : {node.inputs, node.outputs})
        for (ValueId id : ids)
            if (id != no_value && !tensor_type(graph.type(id).dtype))
                return fmt::format("TFLite has no element type {}; cast it in the source model", dtype_name(graph.type(id).dtype));
    if (node.inputs.empty()) return {};
    const Type& type = graph.type(node.inputs[deciding_operand(node)]);
    if (type.quant || (node.op->tflite.accepts & dtype_bit(type.dtype)) != 0) return {};
    return fmt::format("TFLite's kernels for it do not take {}, and no wider type computes the same; cast to f32 or i32 in the source model",
                       dtype_name(type.dtype));
}

static std::string refuse_rank(const Graph& graph, const Node& node) {
    for (ValueId id : node.inputs)
        if (id != no_value && graph.type(id).rank() > node.op->tflite.max_rank)
            return fmt::format("TFLite's kernels for it take at most {} dimensions, not {}; merge dimensions with a Reshape in the source model",
                               node.op->tflite.max_rank, to_string(graph.type(id)));
    return {};
}

std::string refuse(const Graph& graph, const Node& node) {
    if (!writer_of(*node.op)) return "TFLite has no operator that computes it";
    bool control = node.is(op::While) || node.is(op::If);
    if (!control && node.op->tflite.builtin >= 0) {
        if (std::string why = refuse_types(graph, node); !why.empty()) return why;
        if (std::string why = refuse_rank(graph, node); !why.empty()) return why;
    }
    for (ValueId id : node.outputs)
        if (graph.type(id).rank() > 8) return fmt::format("its output {} has more than 8 dimensions", to_string(graph.type(id)));
    return {};
}

}  // namespace tinsmith::tflite

#include "backend/tflite/legalize.hpp"
#include "backend/tflite/operator_writer.hpp"
#include "backend/tflite/windows.hpp"
#include "op/list.hpp"

namespace tinsmith::tflite {

size_t deciding_operand(const Node& node) { return node.is(op::Where) || node.is(op::ScatterND) ? 1 : 0; }

// The rows of operators with a condition or indices in front speak of those.
bool accepts(const Node& node, DType dtype) {
    DTypes types = node.op->tflite.accepts;
    if (node.is(op::Where))
        types = dtypes(DType::f32, DType::boolean, DType::i8, DType::u8, DType::i16, DType::i32, DType::u32, DType::i64);
    if (node.is(op::ScatterND)) types = dtypes(DType::f32, DType::boolean, DType::i8, DType::u8, DType::i32, DType::i64);
    return (types & dtype_bit(dtype)) != 0;
}

static std::string refuse_types(const Graph& graph, const Node& node) {
    for (const auto& ids : {node.inputs, node.outputs})
        for (ValueId id : ids)
            if (id != no_value && !tensor_type(graph.type(id).dtype))
                return fmt::format("TFLite has no element type {}; cast it in the source model",
                                   dtype_name(graph.type(id).dtype));
    if (node.inputs.empty()) return {};
    const Type& type = graph.type(node.inputs[deciding_operand(node)]);
    if (type.quant || accepts(node, type.dtype)) return {};
    return fmt::format(
        "TFLite's kernels for it do not take {}, and no wider type computes the same; cast to f32 or i32 in the source model",
        dtype_name(type.dtype));
}

static std::string refuse_rank(const Graph& graph, const Node& node) {
    for (ValueId id : node.inputs)
        if (id != no_value && graph.type(id).rank() > node.op->tflite.max_rank)
            return fmt::format(
                "TFLite's kernels for it take at most {} dimensions, not {}; merge dimensions with a Reshape in the source "
                "model",
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
        if (graph.type(id).rank() > 8)
            return fmt::format("its output {} has more than 8 dimensions", to_string(graph.type(id)));
    return {};
}

}  // namespace tinsmith::tflite

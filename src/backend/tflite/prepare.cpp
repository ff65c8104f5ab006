#include "backend/tflite/legalize.hpp"
#include "backend/tflite/tflite.hpp"
#include "backend/tflite/weights.hpp"
#include "op/list.hpp"
#include "pass/passes.hpp"

namespace tinsmith {

std::span<const Pass> tflite_passes() {
    static const Pass passes[]{
        {"lower_erf", "TFLite has no Erf", lower_erf},
        {"lower_lrn", "LiteRT's two kernels differ; before ranks, for it adds a pool", lower_lrn},
        {"lower_conv_transpose", "TRANSPOSE_CONV crops like SAME or VALID only", lower_conv_transpose},
        {"split_groups", "CONV_3D has no groups", split_groups},
        {"split_padding", "sliding windows know SAME and VALID only; before ranks and types, for it adds Pad", split_padding},
        {"collapse_rank", "kernels take few dimensions", collapse_rank},
        {"widen_types", "kernels take few element types; after all that adds operators on the source's types", widen_types},
        {"narrow_parameters", "shapes and axes at run time are i32", narrow_parameters, true},
        {"add_zero_bias", "XNNPACK takes convolutions with a bias only", add_zero_bias},
        {"remove_dead_code", "the rewrites above leave what they replaced", remove_dead_code, true},
        {"keep_state", "recurrent state must start anew; after all that folds constants", keep_state, true},
        {"separate_outputs", "each output needs a tensor of its own; last, for an alias would be folded away", separate_outputs,
         true},
    };
    return passes;
}

static void collect_refusals(const Graph& graph, std::vector<std::string>& refusals) {
    for (const Node& node : graph.nodes) {
        if (std::string why = tflite::refuse(graph, node); !why.empty())
            refusals.push_back(node.origin.empty() ? fmt::format("{}: {}", node.op->name, why)
                                                   : fmt::format("node '{}' ({}): {}", node.origin, node.op->name, why));
        for (const auto& [name, value] : node.attrs)
            if (auto* body = std::get_if<GraphRef>(&value)) collect_refusals(**body, refusals);
    }
}

static void refuse_all(const Graph& graph) {
    std::vector<std::string> refusals;
    for (const auto& ports : {graph.inputs, graph.outputs})
        for (const Port& port : ports)
            if (DType dtype = graph.type(port.value).dtype; dtype == DType::u64 || dtype == DType::f64)
                refusals.push_back(
                    fmt::format("'{}': LiteRT takes no {} at a model's interface", port.name, dtype_name(dtype)));
    collect_refusals(graph, refusals);
    if (refusals.empty()) return;
    std::string text = refusals.size() == 1 ? "TFLite cannot express a node:"
                                            : fmt::format("TFLite cannot express {} nodes:", refusals.size());
    for (const std::string& line : refusals) text += "\n  " + line;
    throw Error(Fault::unsupported, text);
}

std::vector<std::string> prepare_for_tflite(Graph& graph, const TfliteOptions& options, const PassOptions& passes,
                                            const AfterPass& after) {
    run_passes(graph, tflite_passes(), passes, after);
    refuse_all(graph);
    switch (options.method) {
        case Method::float32:
        case Method::int8:
        case Method::int16x8: return {};
        case Method::float16: return store_weights_as_float16(graph);
        case Method::dynamic_range: return store_weights_as_int8(graph, options);
    }
    return {};
}

}  // namespace tinsmith

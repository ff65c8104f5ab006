#include "op/list.hpp"

namespace tinsmith {

namespace {

// A sub-graph takes `args` and gives `results`; anything else is named with its role.
void check_interface(std::string_view role, const Graph& graph, std::span<const Type* const> args) {
    check(graph.inputs.size() == args.size(), "the {} takes {} values, not {}", role, graph.inputs.size(), args.size());
    for (size_t i = 0; i < args.size(); ++i)
        check(graph.type(graph.inputs[i].value) == *args[i], "value {} of the {} is {}, not {}", i, role,
              to_string(graph.type(graph.inputs[i].value)), to_string(*args[i]));
}

std::vector<Type> infer(const InferContext& c) {
    const Graph &cond = c.node.graph("cond"), &body = c.node.graph("body");
    check_interface("condition", cond, c.in);
    check_interface("body", body, c.in);
    check(cond.outputs.size() == 1, "the condition gives {} values", cond.outputs.size());
    const Type& more = cond.type(cond.outputs[0].value);
    check(more.dtype == DType::boolean && more.elements() == 1, "the condition gives {}", to_string(more));
    check(body.outputs.size() == c.in.size(), "the body gives {} values for a state of {}", body.outputs.size(), c.in.size());
    std::vector<Type> out;
    for (size_t i = 0; i < c.in.size(); ++i) {
        const Type& next = body.type(body.outputs[i].value);
        check(next == c.type(i), "state {} is {}, but the body gives {}", i, to_string(c.type(i)), to_string(next));
        out.push_back(next);
    }
    return out;
}

}  // namespace

const OpDef op::While{
    .name = "While",
    .says = "while cond(state): state = body(state)",
    .operands = {{"state", false, true}},
    .attrs = {{"cond", GraphRef{}, true}, {"body", GraphRef{}, true}},
    .infer = infer,
    .eval = nullptr,
    .tflite = {.builtin = 119, .accepts = ~DTypes{0}},
};

}  // namespace tinsmith

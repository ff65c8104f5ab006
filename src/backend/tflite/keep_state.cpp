// Before: an LSTM or RNN whose initial state is absent (zero) or given.
// After:  its state is the output of an Add of that and zero, which runs before it.
// When:   TFLite's recurrent kernels keep their state in variable tensors from one invocation to the next. The source starts anew
//         with every sample; an operator that writes the variable first makes the file do so too, without a reset by its user.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

namespace tinsmith {

namespace {

struct Start {
    size_t operand;
    int64_t width;
};

std::vector<Start> states_of(const Graph& graph, const Node& node) {
    auto extent = [&](size_t operand, size_t axis) { return graph.type(node.inputs[operand]).shape[axis]; };
    if (node.is(op::RNN)) return {{4, extent(1, 0)}};
    if (node.is(op::LSTM))
        return {{18, extent(6, 1)}, {19, extent(2, 0)}};  // recurrent forget weights [cell, out], forget weights [cell, in]
    return {};
}

}  // namespace

int keep_state(Graph& graph, const PassOptions&) {
    std::vector<Node> nodes;
    int changed = 0;
    for (Node& node : graph.nodes) {
        for (Start state : states_of(graph, node)) {
            int64_t batch = graph.type(node.inputs[0]).shape[node.flag("time_major") ? 1 : 0];
            Type type{DType::f32, {batch, state.width}, {}};
            ValueId zeros = Builder(graph).splat(0, type), fresh = graph.add_value({}, type);
            if (node.inputs.size() <= state.operand) node.inputs.resize(state.operand + 1, no_value);
            ValueId given = node.inputs[state.operand];
            nodes.push_back({&op::Add, {given == no_value ? zeros : given, zeros}, {fresh}, {}, node.origin});
            node.inputs[state.operand] = fresh;
            ++changed;
        }
        nodes.push_back(std::move(node));
    }
    graph.nodes = std::move(nodes);
    return changed;
}

}  // namespace tinsmith

// Before: an LSTM or RNN whose initial state is absent (zero) or given.
// After:  its state is the output of an Add of that and zero, which runs before it.
// When:   TFLite's recurrent kernels keep their state in variable tensors from one invocation to the next. The source starts anew
//         with every sample; an operator that writes the variable first makes the file do so too, without a reset by its user.
#include "backend/tflite/legalize.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

struct Start {
    size_t operand;
    int64_t width;
};

std::vector<Start> states_of(const Graph& graph, const Node& node) {
    auto extent = [&](size_t operand, size_t axis) { return graph.type(node.inputs[operand]).shape[axis]; };
    if (node.is(op::RNN)) return {{4, extent(1, 0)}};
    if (node.is(op::SVDF)) return {{4, extent(4, 1)}};
    if (node.is(op::LSTM))
        return {{18, extent(6, 1)}, {19, extent(2, 0)}};  // recurrent forget weights [cell, out], forget weights [cell, in]
    return {};
}

// States that runs leave to each other are the kernel's variables as they are.
bool outlives_runs(const Graph& graph, ValueId id) {
    return id != no_value &&
           std::any_of(graph.states.begin(), graph.states.end(), [&](const State& s) { return s.value == id; });
}

}  // namespace

int keep_state(Graph& graph, const PassOptions&) {
    std::vector<Node> nodes;
    int changed = 0;
    for (Node& node : graph.nodes) {
        for (Start state : states_of(graph, node)) {
            if (outlives_runs(graph, node.input(state.operand))) continue;
            int64_t batch = graph.type(node.inputs[0]).shape[!node.is(op::SVDF) && node.flag("time_major") ? 1 : 0];
            if (node.inputs.size() <= state.operand) node.inputs.resize(state.operand + 1, no_value);
            ValueId given = node.inputs[state.operand];
            Type type = given != no_value ? graph.type(given) : Type{DType::f32, {batch, state.width}, {}};
            const double zero = type.quant ? static_cast<double>(type.quant->zero_point[0]) : 0;
            ValueId zeros = Builder(graph).splat(zero, type), fresh = graph.add_value({}, type);
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

// States: variables that the file reads first and assigns last. A sub-graph of their own, called once, gives them what the first run
// finds.
#include "backend/tflite/model_writer.hpp"

namespace tinsmith::tflite {

using B = BuiltinOperator;

namespace {

Options named(flatbuffers::FlatBufferBuilder& fbb, const State& state) {
    auto name = fbb.CreateSharedString(state.name);
    return CreateVarHandleOptions(fbb, 0, name);
}

}  // namespace

void ModelWriter::add_states(const Graph& graph, TensorTable& tensors, std::vector<flatbuffers::Offset<Operator>>& operators) {
    if (graph.states.empty()) return;
    auto once = CreateCallOnceOptions(fbb_, static_cast<int32_t>(initial_));
    std::vector<flatbuffers::Offset<Operator>> first{build({B::CALL_ONCE, {}, once, {}}, 1)};
    for (const State& state : graph.states) {
        int32_t handle = tensors.handle();
        first.push_back(build({B::VAR_HANDLE, {}, named(fbb_, state), {handle}}, 1));
        first.push_back(build({B::READ_VARIABLE, {handle}, {}, {tensors.of(state.value)}}, 1));
        if (state.next != state.value)
            operators.push_back(build({B::ASSIGN_VARIABLE, {handle, tensors.of(state.next)}, {}, {}}, 1));
    }
    operators.insert(operators.begin(), first.begin(), first.end());
}

flatbuffers::Offset<SubGraph> ModelWriter::build_initial(const Graph& graph) {
    Graph none;
    TensorTable tensors(none, buffers_);
    std::vector<flatbuffers::Offset<Operator>> operators;
    for (const State& state : graph.states) {
        int32_t handle = tensors.handle();
        operators.push_back(build({B::VAR_HANDLE, {}, named(fbb_, state), {handle}}, 1));
        int32_t initial = tensors.constant(graph.type(state.value), state.initial);
        operators.push_back(build({B::ASSIGN_VARIABLE, {handle, initial}, {}, {}}, 1));
    }
    return build(tensors, {}, {}, operators, "initial");
}

}  // namespace tinsmith::tflite

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

void ModelWriter::add_states(const Graph& graph, TensorTable& tensors, std::vector<VersionedOperation>& operations) {
    if (graph.states.empty()) return;
    auto once = CreateCallOnceOptions(fbb_, static_cast<int32_t>(initial_));
    std::vector<VersionedOperation> first{{{B::CALL_ONCE, {}, once, {}}}};
    for (const State& state : graph.states) {
        int32_t handle = tensors.handle();
        first.push_back({{B::VAR_HANDLE, {}, named(fbb_, state), {handle}}});
        first.push_back({{B::READ_VARIABLE, {handle}, {}, {tensors.of(state.value)}}});
        if (state.next != state.value) operations.push_back({{B::ASSIGN_VARIABLE, {handle, tensors.of(state.next)}, {}, {}}});
    }
    operations.insert(operations.begin(), first.begin(), first.end());
}

flatbuffers::Offset<SubGraph> ModelWriter::build_initial(const Graph& graph) {
    Graph none;
    TensorTable tensors(none, buffers_);
    std::vector<VersionedOperation> operations;
    for (const State& state : graph.states) {
        int32_t handle = tensors.handle();
        operations.push_back({{B::VAR_HANDLE, {}, named(fbb_, state), {handle}}});
        int32_t initial = tensors.constant(graph.type(state.value), state.initial);
        operations.push_back({{B::ASSIGN_VARIABLE, {handle, initial}, {}, {}}});
    }
    return build(tensors, {}, {}, operations, micro_ ? "" : "initial");
}

}  // namespace tinsmith::tflite

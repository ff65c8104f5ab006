// States: variables that the file reads first and assigns last. A sub-graph of their own, called once, gives them what the first run
// finds.
#include "backend/tflite/model_writer.hpp"
#include "ir/builder.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith::tflite {

using B = BuiltinOperator;

namespace {

Options named(flatbuffers::FlatBufferBuilder& fbb, const State& state) {
    auto name = fbb.CreateSharedString(state.name);
    return CreateVarHandleOptions(fbb, 0, name);
}

bool starts_from_zero(const Graph& graph, const State& state) {
    const Type& type = graph.type(state.value);
    const int64_t zero = type.quant ? type.quant->zero_point[0] : 0;
    Graph scratch;
    const ValueId zeros = Builder(scratch).splat(static_cast<double>(zero), type);
    return same_content(state.initial, *scratch.value(zeros).data);
}

}  // namespace

bool is_kept_inside(const Graph& graph, const State& state) {
    const auto reads = [&](const Node& node) { return std::count(node.inputs.begin(), node.inputs.end(), state.value); };
    const auto reader = std::find_if(graph.nodes.begin(), graph.nodes.end(), reads);
    if (reader == graph.nodes.end() || reads(*reader) != 1 || std::any_of(reader + 1, graph.nodes.end(), reads)) return false;
    const bool recurrent = reader->is(op::SVDF) || ((reader->is(op::LSTM) || reader->is(op::RNN)) && reader->flag("states"));
    if (!recurrent || std::find(reader->outputs.begin() + 1, reader->outputs.end(), state.next) == reader->outputs.end())
        return false;
    const auto reads_next = [&](const Node& node) {
        return std::count(node.inputs.begin(), node.inputs.end(), state.next) > 0;
    };
    const auto is_next = [&](const Port& port) { return port.value == state.next || port.value == state.value; };
    return std::none_of(graph.nodes.begin(), graph.nodes.end(), reads_next) &&
           std::none_of(graph.outputs.begin(), graph.outputs.end(), is_next) && starts_from_zero(graph, state);
}

void ModelWriter::add_states(TensorTable& tensors, std::vector<VersionedOperation>& operations) {
    if (variables_.empty()) return;
    auto once = CreateCallOnceOptions(fbb_, static_cast<int32_t>(initial_));
    std::vector<VersionedOperation> first{{{B::CALL_ONCE, {}, once, {}}}};
    for (const State& state : variables_) {
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
    for (const State& state : variables_) {
        int32_t handle = tensors.handle();
        operations.push_back({{B::VAR_HANDLE, {}, named(fbb_, state), {handle}}});
        int32_t initial = tensors.constant(graph.type(state.value), state.initial);
        operations.push_back({{B::ASSIGN_VARIABLE, {handle, initial}, {}, {}}});
    }
    return build(tensors, {}, {}, operations, micro_ ? "" : "initial");
}

}  // namespace tinsmith::tflite

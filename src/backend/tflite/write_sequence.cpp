// Recurrent layers, and control flow, whose bodies become sub-graphs of the file.
#include "backend/tflite/operator_writer.hpp"

#include <algorithm>

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;

Operation write_while(const OperatorWriter& w) {
    int32_t cond = w.subgraph(w.node.graph("cond"));
    int32_t body = w.subgraph(w.node.graph("body"));
    return {B::WHILE, w.all_inputs(), CreateWhileOptions(w.fbb, cond, body), {}};
}

Operation write_if(const OperatorWriter& w) {
    int32_t then = w.subgraph(w.node.graph("then"));
    int32_t otherwise = w.subgraph(w.node.graph("else"));
    return {B::IF, w.all_inputs(), CreateIfOptions(w.fbb, then, otherwise), {}};
}

ActivationFunctionType gate_activation(const OperatorWriter& w) {
    const std::string& name = w.node.text("activation");
    auto type = name == "tanh" ? ActivationFunctionType::TANH : activation_type(name);
    supported(type.has_value(), "TFLite's recurrent kernels have no activation '{}'", name);
    return *type;
}

bool is_read(const OperatorWriter& w, ValueId id) {
    const auto reads = [&](const Node& node) { return std::count(node.inputs.begin(), node.inputs.end(), id) > 0; };
    return std::any_of(w.graph.nodes.begin(), w.graph.nodes.end(), reads) ||
           std::any_of(w.graph.outputs.begin(), w.graph.outputs.end(), [&](const Port& port) { return port.value == id; }) ||
           std::any_of(w.graph.states.begin(), w.graph.states.end(), [&](const State& state) { return state.next == id; });
}

// Last states that are outputs are what the next run finds: the kernel's own variables.
void check_states(const OperatorWriter& w) {
    for (size_t i = 1; i < w.node.outputs.size(); ++i)
        supported(!is_read(w, w.node.outputs[i]) || std::any_of(w.graph.states.begin(), w.graph.states.end(),
                                                                [&](const State& state) {
                                                                    return state.next == w.node.outputs[i] &&
                                                                           is_kept_inside(w.graph, state);
                                                                }),
                  "a recurrent layer whose last states are outputs has no counterpart");
}

// The integer kernel is told five scales: of the sums of the four gates, which it takes only where these are normalised, and of
// the hidden state in front of a projection.
std::vector<int32_t> scales_inside_lstm(const OperatorWriter& w) {
    const Type& y = w.graph.type(w.node.outputs[0]);
    if (!is_quantised(y)) return {};
    const int32_t sum = w.tensors.scale_of({DType::i16, {}, Quant{{1.0f / 4096}, {0}, -1}});
    return {sum, sum, sum, sum, w.tensors.scale_of({y.dtype, {}, y.quant})};
}

// The operands are numbered as TFLite's; the states are variables, which keep_state has made the outputs of operators.
Operation write_lstm(const OperatorWriter& w) {
    constexpr size_t hidden = 18, cell = 19, operands = 24;
    check_states(w);
    std::vector<int32_t> inputs = w.all_inputs();
    for (size_t state : {hidden, cell}) w.tensors.make_variable(inputs[state]);
    inputs.resize(operands, -1);  // no layer normalisation
    return {B::UNIDIRECTIONAL_SEQUENCE_LSTM,
            inputs,
            CreateUnidirectionalSequenceLSTMOptions(w.fbb, gate_activation(w), static_cast<float>(w.node.real("cell_clip")),
                                                    static_cast<float>(w.node.real("proj_clip")), w.node.flag("time_major"),
                                                    w.node.flag("asymmetric_inputs")),
            {w.out(0)},
            scales_inside_lstm(w)};
}

Operation write_rnn(const OperatorWriter& w) {
    check_states(w);
    w.tensors.make_variable(w.in(4));
    return {B::UNIDIRECTIONAL_SEQUENCE_RNN,
            w.all_inputs(),
            CreateSequenceRNNOptions(w.fbb, w.node.flag("time_major"), gate_activation(w), w.node.flag("asymmetric_inputs")),
            {w.out(0)}};
}

Operation write_custom(const OperatorWriter& w) {
    Operation out{B::CUSTOM, w.all_inputs(), {}};
    out.custom_code = w.node.text("code");
    out.custom_options = w.node.text("options");
    return out;
}

Operation write_svdf(const OperatorWriter& w) {
    check_states(w);
    w.tensors.make_variable(w.in(4));
    return {B::SVDF,
            w.all_inputs(),
            CreateSVDFOptions(w.fbb, w.i32("rank"), gate_activation(w), w.node.flag("asymmetric_inputs")),
            {w.out(0)}};
}

constexpr WriteRow rows[]{{"Custom", write_custom}, {"SVDF", write_svdf}, {"While", write_while},
                          {"If", write_if},         {"LSTM", write_lstm}, {"RNN", write_rnn}};

}  // namespace

std::span<const WriteRow> sequence_writers() { return rows; }

}  // namespace tinsmith::tflite

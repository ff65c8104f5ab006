// Recurrent layers and control flow.
#include "frontend/tflite/operator_reader.hpp"

#include <algorithm>

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;
using Values = std::vector<ValueId>;

std::string gate_activation(ActivationFunctionType type) {
    if (type == ActivationFunctionType::TANH) return "tanh";
    auto name = activation_name(type);
    supported(name.has_value(), "the activation {} has no counterpart", EnumNameActivationFunctionType(type));
    return std::string(*name);
}

constexpr size_t lstm_weights[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16}, two_weights[]{1, 2};

// State that nothing computes is a variable: it starts from zero.
ValueId initial(const OperatorReader& r, size_t i) { return i < r.in.size() ? r.in[i] : no_value; }

// States that runs leave to each other are those that nothing computes.
bool is_state(const OperatorReader& r, ValueId id) {
    const std::vector<State>& states = r.b.graph.states;
    return std::any_of(states.begin(), states.end(), [&](const State& s) { return s.value == id; });
}

Values read_lstm(OperatorReader& r) {
    const auto& o = r.options<UnidirectionalSequenceLSTMOptions>();
    supported(!o.diagonal_recurrent_tensors(), "diagonal recurrent weights are not read");
    constexpr size_t hidden = 18, cell = 19, first_norm = 20;
    for (size_t i = first_norm; i < r.in.size(); ++i) supported(!r.has(i), "layer normalisation inside an LSTM is not read");
    Values in(r.in.begin(), r.in.begin() + static_cast<std::ptrdiff_t>(std::min(r.in.size(), hidden)));
    in.resize(hidden, no_value);
    const bool hybrid = r.all_stored(lstm_weights);
    for (size_t i = 1; i < hidden && !hybrid; ++i)
        if (in[i] != no_value) in[i] = r.float_weights(i);
    in.push_back(initial(r, hidden));
    in.push_back(initial(r, cell));
    Attrs attrs{{"cell_clip", static_cast<double>(o.cell_clip())},
                {"proj_clip", static_cast<double>(o.proj_clip())},
                {"time_major", o.time_major()},
                {"activation", gate_activation(o.activation())},
                {"asymmetric_inputs", hybrid && o.asymmetric_quantize_inputs()},
                {"states", is_state(r, in[hidden]) && is_state(r, in[cell])}};
    return r.b.add_all(op::LSTM, in, std::move(attrs));
}

Values read_rnn(OperatorReader& r) {
    const auto& o = r.options<SequenceRNNOptions>();
    const bool hybrid = r.all_stored(two_weights);
    const auto weights = [&](size_t i) { return hybrid ? r.operand(i) : r.float_weights(i); };
    const ValueId state = initial(r, 4);
    return r.b.add_all(op::RNN, {r.operand(0), weights(1), weights(2), r.operand(3), state},
                       {{"time_major", o.time_major()},
                        {"activation", gate_activation(o.activation())},
                        {"asymmetric_inputs", hybrid && o.asymmetric_quantize_inputs()},
                        {"states", is_state(r, state)}});
}

Values read_svdf(OperatorReader& r) {
    const auto& o = r.options<SVDFOptions>();
    const bool hybrid = r.all_stored(two_weights);
    const auto weights = [&](size_t i) { return hybrid ? r.operand(i) : r.float_weights(i); };
    return r.b.add_all(op::SVDF, {r.operand(0), weights(1), weights(2), r.has(3) ? r.in[3] : no_value, r.operand(4)},
                       {{"rank", o.rank()},
                        {"activation", gate_activation(o.activation())},
                        {"asymmetric_inputs", hybrid && o.asymmetric_quantize_inputs()}});
}

Values read_while(OperatorReader& r) {
    const auto& o = r.options<WhileOptions>();
    return r.b.add_all(op::While, r.in,
                       {{"cond", r.graph(o.cond_subgraph_index())}, {"body", r.graph(o.body_subgraph_index())}});
}

Values read_if(OperatorReader& r) {
    const auto& o = r.options<IfOptions>();
    return r.b.add_all(op::If, r.in, {{"then", r.graph(o.then_subgraph_index())}, {"else", r.graph(o.else_subgraph_index())}});
}

Values read_custom(OperatorReader& r) {
    check(r.described.custom_code() && r.described.custom_code()->size() > 0, "a custom operator without a name");
    supported(r.source.large_custom_options_offset() <= 1, "custom options outside the model are not read");
    for (size_t i = 0; i < r.in.size(); ++i)
        supported(r.has(i) || r.source.inputs()->Get(static_cast<uint32_t>(i)) < 0, "a custom operator with a variable tensor");
    std::string options, dtypes;
    if (const auto* bytes = r.source.custom_options()) options.assign(bytes->begin(), bytes->end());
    Ints shapes;
    for (const Type& type : r.declared) {
        dtypes += (dtypes.empty() ? "" : ",") + std::string(dtype_name(type.dtype));
        shapes.push_back(type.rank());
        shapes.insert(shapes.end(), type.shape.begin(), type.shape.end());
    }
    return r.b.add_all(op::Custom, r.in,
                       {{"code", r.described.custom_code()->str()},
                        {"version", int64_t{r.described.version()}},
                        {"options", std::move(options)},
                        {"dtypes", std::move(dtypes)},
                        {"shapes", std::move(shapes)}});
}

constexpr ReadRow rows[]{
    {B::CUSTOM, read_custom},
    {B::UNIDIRECTIONAL_SEQUENCE_LSTM, read_lstm},
    {B::UNIDIRECTIONAL_SEQUENCE_RNN, read_rnn},
    {B::SVDF, read_svdf},
    {B::WHILE, read_while},
    {B::IF, read_if},
};

}  // namespace

std::span<const ReadRow> sequence_readers() { return rows; }

}  // namespace tinsmith::tflite

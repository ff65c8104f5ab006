#include "frontend/compose/recurrent.hpp"
#include "frontend/onnx/ops.hpp"

namespace tinsmith::from_onnx {

namespace {

// Activations by name, each with the parameters that it takes from the lists.
std::vector<CellActivation> activations(const NodeReader& r, const std::vector<std::string>& names) {
    const std::vector<float> alphas = r.reals("activation_alpha"), betas = r.reals("activation_beta");
    std::vector<CellActivation> all;
    size_t alpha = 0, beta = 0;
    for (const std::string& name : names) {
        std::optional<double> a, b;
        if (takes_alpha(name) && alpha < alphas.size()) a = alphas[alpha++];
        if (takes_beta(name) && beta < betas.size()) b = betas[beta++];
        all.push_back(cell_activation(name, a, b));
    }
    return all;
}

// sequence_lens, unless every sequence has all steps.
ValueId lengths(const NodeReader& r, const RecurrentLayer& l) {
    if (!r.has(4)) return no_value;
    check(r.type(4).elements() == l.batch, "sequence_lens has {} numbers for a batch of {}", r.type(4).elements(), l.batch);
    if (!r.is_constant(4)) return r.in[4];
    bool whole = true;
    const Ints given = *r.constant_ints(4);
    for (int64_t n : given) {
        check(n >= 0 && n <= l.time, "a sequence of {} of {} steps", n, l.time);
        whole = whole && n == l.time;
    }
    return whole ? no_value : r.in[4];
}

ValueId optional(const NodeReader& r, size_t i) { return r.has(i) ? r.in[i] : no_value; }

std::vector<ValueId> convert(NodeReader& r, Cell::Kind kind, const std::vector<std::string>& defaults) {
    RecurrentLayer l;
    l.kind = kind;
    l.clip = r.real("clip", 0);
    l.linear_before_reset = r.integer("linear_before_reset", 0) != 0;
    check(r.rank(0) == 3 && r.rank(1) == 3 && r.rank(2) == 3, "X, W and R have three dimensions each");
    supported(r.type(0).dtype == DType::f32, "a recurrent layer of {}", to_string(r.type(0)));
    l.time_axis = r.integer("layout", 0);
    check(l.time_axis == 0 || l.time_axis == 1, "layout is {}", l.time_axis);
    l.time = r.shape(0)[static_cast<size_t>(l.time_axis)];
    l.batch = r.shape(0)[static_cast<size_t>(1 - l.time_axis)];
    const std::string direction = r.text("direction", "forward");
    check(direction == "forward" || direction == "reverse" || direction == "bidirectional", "direction is '{}'", direction);
    l.directions = direction == "bidirectional" ? 2 : 1;
    l.first_backwards = direction == "reverse";
    l.hidden = r.shape(2)[2];
    const int64_t rows = l.gates() * l.hidden;
    check(r.integer("hidden_size", l.hidden) == l.hidden, "hidden_size is not that of the weights, {}", l.hidden);
    check(r.shape(1) == Shape{l.directions, rows, r.shape(0)[2]}, "W has shape {}", to_string(r.shape(1)));
    check(r.shape(2) == Shape{l.directions, rows, l.hidden}, "R has shape {}", to_string(r.shape(2)));
    check(!r.has(3) || r.shape(3) == Shape{l.directions, 2 * rows}, "B has another shape");
    supported(r.integer("input_forget", 0) == 0, "coupled input and forget gates (input_forget)");
    std::vector<std::string> names;
    if (const auto* named = r.node.attribute("activations")) names = named->texts;
    if (names.empty())
        for (int64_t d = 0; d < l.directions; ++d) names.insert(names.end(), defaults.begin(), defaults.end());
    check(names.size() == defaults.size() * static_cast<size_t>(l.directions), "{} activations for {} directions", names.size(),
          l.directions);
    l.activations = activations(r, names);
    l.x = r.operand(0), l.weights = r.operand(1), l.recurrent = r.operand(2), l.biases = optional(r, 3);
    l.lengths = lengths(r, l);
    l.initial_hidden = optional(r, 5);
    if (kind == Cell::Kind::lstm) {
        l.initial_cell = optional(r, 6);
        l.peepholes = optional(r, 7);
        check(!r.has(7) || r.shape(7) == Shape{l.directions, 3 * l.hidden}, "P has another shape");
    }
    l.wants_sequence = r.wants(0);
    l.wants_cell = r.wants(2);
    Compose m{r.b};
    return recurrent(m, l, r.unroll_rnn);
}

}  // namespace

std::vector<ValueId> rnn(NodeReader& r) { return convert(r, Cell::Kind::rnn, {"Tanh"}); }
std::vector<ValueId> gru(NodeReader& r) { return convert(r, Cell::Kind::gru, {"Sigmoid", "Tanh"}); }
std::vector<ValueId> lstm(NodeReader& r) { return convert(r, Cell::Kind::lstm, {"Sigmoid", "Tanh", "Tanh"}); }

}  // namespace tinsmith::from_onnx

#include "frontend/compose/cell.hpp"

namespace tinsmith {

bool takes_alpha(const std::string& name) {
    return name == "Affine" || name == "LeakyRelu" || name == "ThresholdedRelu" || name == "ScaledTanh" ||
           name == "HardSigmoid" || name == "Elu";
}

bool takes_beta(const std::string& name) { return name == "Affine" || name == "ScaledTanh" || name == "HardSigmoid"; }

CellActivation cell_activation(const std::string& name, std::optional<double> alpha, std::optional<double> beta) {
    auto with = [&](double a, double b) { return CellActivation{name, alpha.value_or(a), beta.value_or(b)}; };
    if (name == "Relu" || name == "Tanh" || name == "Sigmoid" || name == "Softsign" || name == "Softplus") return with(0, 0);
    if (name == "Affine" || name == "ScaledTanh") return with(1, name == "Affine" ? 0 : 1);
    if (name == "LeakyRelu") return with(0.01, 0);
    if (name == "ThresholdedRelu" || name == "Elu") return with(1, 0);
    if (name == "HardSigmoid") return with(0.2, 0.5);
    fail(Fault::unsupported, "a recurrent layer with the activation '{}'", name);
}

ValueId CellActivation::apply(Compose& m, ValueId x) const {
    if (name == "Relu") return m.unary(op::Relu, x);
    if (name == "Tanh") return m.unary(op::Tanh, x);
    if (name == "Sigmoid") return m.unary(op::Sigmoid, x);
    if (name == "Affine") return m.add_number(m.scaled(x, alpha), beta);
    if (name == "LeakyRelu") return m.b.add(op::LeakyRelu, {x}, {{"alpha", alpha}});
    if (name == "ScaledTanh") return m.scaled(m.unary(op::Tanh, m.scaled(x, beta)), alpha);
    if (name == "HardSigmoid") return m.clamp(m.add_number(m.scaled(x, alpha), beta), 0, 1);
    if (name == "Softsign") return m.div(x, m.add_number(m.unary(op::Abs, x), 1));
    if (name == "ThresholdedRelu")
        return m.b.add(op::Where, {m.b.add(op::Greater, {x, m.number(alpha, x)}), x, m.number(0, x)});
    // max(x, 0) + log(1 + exp(-|x|)), which does not overflow
    if (name == "Softplus") {
        const ValueId small = m.unary(op::Exp, m.unary(op::Neg, m.unary(op::Abs, x)));
        return m.add(m.unary(op::Relu, x), m.unary(op::Log, m.add_number(small, 1)));
    }
    if (alpha == 1) return m.unary(op::Elu, x);
    const ValueId below = m.scaled(m.add_number(m.unary(op::Exp, m.min(x, m.number(0, x))), -1), alpha);
    return m.add(m.unary(op::Relu, x), below);
}

Ints Cell::projected() const {
    if (kind == Kind::gru) return {2 * hidden, hidden};
    return {(kind == Kind::lstm ? 4 : 1) * hidden};
}

ValueId Cell::act(Compose& m, size_t index, ValueId x) const {
    return activations[index].apply(m, clip > 0 ? m.clamp(x, -clip, clip) : x);
}

std::vector<ValueId> Cell::step(Compose& m, const std::vector<ValueId>& x, const std::vector<ValueId>& state) const {
    if (kind == Kind::gru) return step_gru(m, x, state[0]);
    if (kind == Kind::lstm) return step_lstm(m, x[0], state[0], state[1]);
    return {act(m, 0, m.add(x[0], m.b.add(op::FullyConnected, {state[0], operands[recurrent]})))};
}

std::vector<ValueId> Cell::step_gru(Compose& m, const std::vector<ValueId>& x, ValueId h) const {
    ValueId gates = m.b.add(op::FullyConnected, {h, operands[recurrent], operands[recurrent_bias]}), of_hidden = no_value;
    if (linear_before_reset) {
        const auto parts = m.split(gates, 2, {2 * hidden, hidden});
        gates = parts[0];
        of_hidden = parts[1];
    }
    const auto zr = m.split(act(m, 0, m.add(x[0], gates)), 2, {hidden, hidden});
    if (linear_before_reset)
        of_hidden = m.mul(zr[1], of_hidden);
    else
        of_hidden = m.b.add(op::FullyConnected, {m.mul(zr[1], h), operands[candidate]});
    const ValueId next = act(m, 1, m.add(x[1], of_hidden));
    return {m.add(next, m.mul(zr[0], m.sub(h, next)))};  // (1 - z) next + z h
}

std::vector<ValueId> Cell::step_lstm(Compose& m, ValueId x, ValueId h, ValueId c) const {
    const ValueId gates = m.add(x, m.b.add(op::FullyConnected, {h, operands[recurrent]}));
    ValueId input, output, forget, update;
    const bool peeps = operands[peephole_input] != no_value;
    if (peeps) {
        const auto parts = m.split(gates, 2, {hidden, hidden, hidden, hidden});
        input = act(m, 0, m.add(parts[0], m.mul(operands[peephole_input], c)));
        output = parts[1];
        forget = act(m, 0, m.add(parts[2], m.mul(operands[peephole_forget], c)));
        update = act(m, 1, parts[3]);
    } else {
        const auto parts = m.split(gates, 2, {3 * hidden, hidden});
        const auto iof = m.split(act(m, 0, parts[0]), 2, {hidden, hidden, hidden});
        input = iof[0];
        output = iof[1];
        forget = iof[2];
        update = act(m, 1, parts[1]);
    }
    const ValueId next = m.add(m.mul(forget, c), m.mul(input, update));
    if (peeps) output = act(m, 0, m.add(output, m.mul(operands[peephole_output], next)));
    return {m.mul(output, activations[2].apply(m, next)), next};
}

}  // namespace tinsmith

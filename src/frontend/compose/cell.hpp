// One step of a recurrent layer (RNN, GRU, LSTM) as the graph's primitives, for loops that are unrolled and for those that are not.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

// An activation of a recurrent layer under ONNX's name, with its parameters.
struct CellActivation {
    std::string name;
    double alpha, beta;
    ValueId apply(Compose& m, ValueId x) const;
};
// The activation with its default parameters where `alpha` or `beta` is absent. Throws Fault::unsupported for an unknown name.
CellActivation cell_activation(const std::string& name, std::optional<double> alpha, std::optional<double> beta);
bool takes_alpha(const std::string& name);
bool takes_beta(const std::string& name);

struct Cell {
    enum class Kind { rnn, gru, lstm };
    // Operands of a step beside x and the state; no_value where absent.
    enum Operand : size_t {
        recurrent,
        recurrent_bias,
        peephole_input,
        peephole_output,
        peephole_forget,
        candidate,
        operand_count
    };

    Kind kind = Kind::rnn;
    int64_t hidden = 0;
    std::vector<CellActivation> activations;  // f, g, h as ONNX lists them
    double clip = 0;                          // of what enters an activation; 0: none
    bool linear_before_reset = false;
    // recurrent [gates * hidden, hidden] (for a GRU that resets first [2 * hidden, hidden], beside candidate [hidden, hidden]),
    // recurrent_bias [gates * hidden] only for a GRU that resets last.
    std::vector<ValueId> operands = std::vector<ValueId>(operand_count, no_value);

    // Features of the projected inputs W x + bias that a step takes, one number for each of them.
    Ints projected() const;
    size_t states() const { return kind == Kind::lstm ? 2 : 1; }
    // The next state (h, and c of an LSTM) from the projected inputs of one step and the state.
    std::vector<ValueId> step(Compose& m, const std::vector<ValueId>& x, const std::vector<ValueId>& state) const;

private:
    ValueId act(Compose& m, size_t index, ValueId x) const;
    std::vector<ValueId> step_gru(Compose& m, const std::vector<ValueId>& x, ValueId h) const;
    std::vector<ValueId> step_lstm(Compose& m, ValueId x, ValueId h, ValueId c) const;
};

}  // namespace tinsmith

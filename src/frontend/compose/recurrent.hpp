// Recurrent layers: what TFLite's sequence operators express becomes one of them; everything else is written step by step, or as a
// loop where the reader is asked to, with the projection of the inputs (which no step waits for) in front.
#pragma once

#include "frontend/compose/recurrence.hpp"

namespace tinsmith {

struct RecurrentLayer {
    Cell::Kind kind = Cell::Kind::rnn;
    // x [time, batch, features], or [batch, time, features] where time_axis is 1; weights [directions, gates * hidden, features],
    // recurrent [directions, gates * hidden, hidden], biases [directions, 2 * gates * hidden] of both products, or no_value. Gates in
    // ONNX's order: update, reset, hidden; input, output, forget, cell.
    ValueId x = no_value, weights = no_value, recurrent = no_value, biases = no_value;
    // [directions, batch, hidden], or [batch, directions, hidden] where time_axis is 1; no_value: zeros.
    ValueId initial_hidden = no_value, initial_cell = no_value;
    ValueId peepholes = no_value;  // [directions, 3 * hidden]
    ValueId lengths = no_value;    // steps of each sequence, [batch]; no_value: all of them
    int64_t hidden = 0, directions = 1, batch = 0, time = 0, time_axis = 0;
    std::vector<CellActivation> activations;  // of all directions, as ONNX lists them
    double clip = 0;
    bool linear_before_reset = false, first_backwards = false;
    bool wants_sequence = true, wants_cell = true;

    int64_t gates() const { return kind == Cell::Kind::rnn ? 1 : kind == Cell::Kind::gru ? 3 : 4; }
};

// The states h of all steps, [time, directions, batch, hidden] or [batch, time, directions, hidden] (no_value unless it is wanted), then
// the final states h and, of an LSTM, c, shaped as the initial ones. A cell state that is not wanted may be left out.
std::vector<ValueId> recurrent(Compose& m, const RecurrentLayer& layer, bool unroll);

}  // namespace tinsmith

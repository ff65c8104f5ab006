// A recurrent cell run over a sequence.
#pragma once

#include "frontend/compose/cell.hpp"

namespace tinsmith {

struct Recurrence {
    Cell cell;
    std::vector<ValueId> x;        // projected inputs, each [time, batch, features] or [batch, time, features]
    std::vector<ValueId> initial;  // the states, [1, batch, hidden] or [batch, 1, hidden]
    int64_t time_axis = 0;         // 0 or 1
    bool backwards = false;        // from the last step to the first
    ValueId lengths = no_value;    // steps of each sequence, i32 [1, batch, 1] or [batch, 1, 1]; no_value: all of them
    // Which steps count, bool [batch, time]: the others leave the states as they are, and their output is that of the step before (zero
    // before any), or zero. no_value: every step.
    ValueId mask = no_value;
    bool zero_masked = false;
    bool wants_sequence = true;  // whether the states h of all steps are wanted, or the last alone
};

struct RecurrenceResult {
    ValueId sequence = no_value;  // h of each step, zero beyond a sequence's length
    std::vector<ValueId> last;    // the final states
    ValueId output = no_value;    // h of the last step as the sequence has it
};

// Every step as nodes of its own.
RecurrenceResult unroll(Compose& m, const Recurrence& r);
// One WHILE over the steps. Requires can_loop(): the operands of the cell and the lengths are constants, and
// there is no mask.
RecurrenceResult loop(Compose& m, const Recurrence& r);
bool can_loop(const Graph& graph, const Recurrence& r);

}  // namespace tinsmith

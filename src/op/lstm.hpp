// What goes on inside an LSTM: its integer form needs to know how far the cell state goes.
#pragma once

#include "ir/op_def.hpp"

#include <functional>

namespace tinsmith {

// Runs a node of op::LSTM again for the cell states alone: `see` gets that of all cells after each step.
void see_lstm_states(const EvalContext& context, const std::function<void(std::span<const float>)>& see);

}  // namespace tinsmith

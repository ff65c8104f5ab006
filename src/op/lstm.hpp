// What goes on inside an LSTM: its integer form needs to know how far the cell state goes.
#pragma once

#include "ir/op_def.hpp"

#include <functional>

namespace tinsmith {

namespace lstm {

// Operands, numbered as TFLite numbers those of UNIDIRECTIONAL_SEQUENCE_LSTM.
inline constexpr size_t x = 0, weights = 1, recurrent = 5, peephole = 9, bias = 12, projection = 16, projection_bias = 17,
                        hidden = 18, state = 19;
inline constexpr size_t input_gate = 0, forget_gate = 1, update_gate = 2, output_gate = 3;

// Only three gates have a peephole.
constexpr size_t peephole_of(size_t gate) { return gate == output_gate ? peephole + 2 : peephole + gate; }

// The integer form, as TFLite Micro computes it.
void check_integer(const InferContext& c);
void eval_integer(const EvalContext& c);

}  // namespace lstm

// Runs a node of op::LSTM again for the cell states alone: `see` gets that of all cells after each step.
void see_lstm_states(const EvalContext& context, const std::function<void(std::span<const float>)>& see);

}  // namespace tinsmith

// LSTMs among loops that were written out.
#pragma once

#include "frontend/tensorflow/node_reader.hpp"

namespace tinsmith::tensorflow {

// Before: a loop of which each step computes c' = sigmoid(f) c + sigmoid(i) tanh(g), h' = sigmoid(o) tanh(c') with [i f g o] =
//         x_t W + h U + b, from states of zero, and puts h' in a list.
// After:  that list is the result of one LSTM operator, and the last h' its last step; the nodes of the steps are left for nobody.
// When:   x_t are the rows of one tensor, in their order; W, U and b the same constants in each of at least two steps.
// `states`: what the loop carries, before the first step and after each. `first`: the first node that the loop added.
void recognise_lstm(Builder& b, size_t first, std::vector<std::vector<Operand>>& states);

}  // namespace tinsmith::tensorflow

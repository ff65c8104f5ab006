// Recurrent layers among loops that were written out.
#pragma once

#include "frontend/tensorflow/node_reader.hpp"

namespace tinsmith::tensorflow {

// Before: a loop of which each step is that of an LSTM, a GRU or a simple RNN over the rows of one tensor, in their order, with the
//         same constant weights in each of at least two steps, and puts h' in a list.
// After:  the list and the last h' are the results of that layer as every reader composes it: TFLite's sequence operator where it has
//         one, else steps behind one projection of all inputs, or a WHILE (`unroll` says which). The nodes of the steps are left for
//         nobody, but those of a cell state that is a result.
// `states`: what the loop carries, before the first step and after each. `first`: the first node that the loop added.
void recognise_recurrent(Builder& b, size_t first, bool unroll, std::vector<std::vector<Operand>>& states);

}  // namespace tinsmith::tensorflow

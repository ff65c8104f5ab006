// Files of Keras 1, in the words of Keras 2: Convolution2D(nb_filter, nb_row, nb_col, border_mode, dim_ordering), Merge, twelve
// weights of an LSTM.
#pragma once

#include "frontend/keras/weights.hpp"

namespace tinsmith::keras {

// The same model as Keras 2 states it; the old words stay beside the new ones. What Keras 2 has no word for stays as it is.
Json in_words_of_keras_2(const Json& model);

// What a file of Keras 1 leaves open, for the user; "": nothing.
std::string doubt_of_keras_1(const Json& model);

// Weights of a recurrent layer of Keras 1, one list for each gate; empty: they are as in Keras 2.
Slots gates_of_keras_1(const Json& config);

// The weights of one layer, laid out as Keras 1 has them, as Keras 2 has them.
void lay_out_as_keras_2(const Json& layer, Weights& weights);

}  // namespace tinsmith::keras

// The names of the outputs of operators that have several: functions refer to tensors by them.
#pragma once

#include <cstddef>
#include <string_view>

namespace tinsmith::tensorflow {

// Where the output named `output` of an operator begins among all its outputs. 0 for operators with one output, also a list.
size_t first_of_output(std::string_view op, std::string_view output);

// How many outputs an operator has that is known here; 1 for all others.
size_t output_count(std::string_view op);

}  // namespace tinsmith::tensorflow

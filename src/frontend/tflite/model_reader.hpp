// From the bytes of a .tflite file to a graph.
#pragma once

#include "frontend/read_options.hpp"

namespace tinsmith::tflite {

// Throws Fault::input where the bytes are not a sound model, Fault::unsupported with the list of operators that are not read.
ReadResult read(const tinsmith::Buffer& file);

}  // namespace tinsmith::tflite

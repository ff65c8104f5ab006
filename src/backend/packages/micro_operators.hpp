// Which operators of TFLite Micro a .tflite calls.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tinsmith::packages {

struct MicroOperators {
    std::vector<std::string> adds;  // methods of MicroMutableOpResolver, each once, in alphabetical order: "AddConv2D"
    size_t variables = 0;           // resources that MicroResourceVariables must hold
};

// Operators of all sub-graphs that nodes call; what the table of operators lists besides is not needed. Throws Fault::input for a damaged
// file, Fault::unsupported that lists every operator for which TFLite Micro has no kernel, custom ones by their names.
MicroOperators micro_operators(std::span<const std::byte> file);

}  // namespace tinsmith::packages

// How a quantised type is laid out for the kernels that go between stored integers and real values.
#pragma once

#include "ir/type.hpp"
#include "kernel/quantize.h"

namespace tinsmith {

// Throws Fault::input unless scales and zero points fit each other, the axis and the shape, and all scales are positive.
void check_quant(const Type& type);

// Requires that check_quant passed. Points into `type`.
tin_quant quant_layout(const Type& type);

}  // namespace tinsmith

// Einstein's summation, for the converters that need one.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

// The operands contracted as an equation "ij,jk->ik" says; ellipses and repeated labels as in NumPy. Throws Fault::input when it does not
// fit the operands.
ValueId einsum(Compose& m, const std::string& equation, const std::vector<ValueId>& operands);

}  // namespace tinsmith

// Matrix products, for the converters that need one.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

// NumPy's matmul of two float operands: vectors are a row on the left, a column on the right; other dimensions broadcast. A
// constant right operand makes a fully connected layer.
ValueId matrix_product(Compose& m, ValueId a, ValueId b);

// The same of float operands that hold integers up to 255 in size: i32 and exact. Floats count exactly to 2^24, so the inner
// dimension is taken in pieces.
ValueId exact_matrix_product(Compose& m, ValueId a, ValueId b);

}  // namespace tinsmith

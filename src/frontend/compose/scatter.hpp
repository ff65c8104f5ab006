// Elements read from and written to where indices say. Indices may count from the end.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

// y[i][j] = data[indices[i][j]][j] for axis 0. Throws Fault::input where the shapes do not fit.
ValueId gather_elements(Compose& c, ValueId data, ValueId indices, int64_t axis);

// data with y[indices[i][j]][j] = updates[i][j] for axis 0; reduction: none, add, mul, max or min with what is there.
ValueId scatter_elements(Compose& c, ValueId data, ValueId indices, ValueId updates, int64_t axis,
                         const std::string& reduction);

// data with the slices that the last dimension of `indices` names replaced or reduced.
ValueId scatter_nd(Compose& c, ValueId data, ValueId indices, ValueId updates, const std::string& reduction);

}  // namespace tinsmith

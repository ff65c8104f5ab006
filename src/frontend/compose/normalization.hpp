// (x - mean) / sqrt(variance + epsilon), which most normalisations are.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

struct Normalized {
    ValueId y, mean, inverse_deviation;  // the latter two with extent 1 along the axes
};
Normalized normalize(Compose& m, ValueId x, const Ints& axes, double epsilon);

// x [N, C, spatial...] normalised over each of so many groups of channels, which divide C.
ValueId normalize_groups(Compose& m, ValueId x, int64_t groups, double epsilon);

// y * scale + shift; either may be no_value.
ValueId scale_and_shift(Compose& m, ValueId y, ValueId scale, ValueId shift);

}  // namespace tinsmith

// Resizing whose extents are all known.
#pragma once

#include "frontend/compose/resize_axis.hpp"
#include "ir/builder.hpp"

namespace tinsmith {

// x with the extents of z.axes, one for each of its dimensions; images are [N, C, height, width].
ValueId resized(Builder& b, ValueId x, const Resizing& z);
// Throws Fault::input where an extent is nothing or beyond 2^30.
void check_extents(const Resizing& z);

}  // namespace tinsmith

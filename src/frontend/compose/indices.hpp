// Axes and indices as the graph has them: 0-based, not negative.
#pragma once

#include "ir/builder.hpp"

namespace tinsmith {

// Each axis as 0..rank-1; throws Fault::input when one is outside or named twice.
Ints normalized_axes(Ints axes, int64_t rank);
// 0..count-1.
Ints iota(int64_t count);
// Constant tensor of an integer type.
ValueId integers(Builder& b, const Ints& values, Shape shape, DType dtype);
// Indices that may count from the end, as 0-based ones: extents broadcast against them (one for all, or one per last
// coordinate).
ValueId from_the_front(Builder& b, ValueId indices, const Ints& extents);
// Positions in the flattened data of the elements that indices name along an axis, the other coordinates being their own:
// [count].
ValueId flat_positions(Builder& b, ValueId indices, const Shape& data, int64_t axis);
// i32 from any integer type, clamped to its range.
ValueId to_i32(Builder& b, ValueId x);

}  // namespace tinsmith

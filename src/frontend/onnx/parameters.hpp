// Parameters of operators that ONNX passes as inputs: deduced from the declared output, or normalised for the graph.
#pragma once

#include "frontend/onnx/node_reader.hpp"

namespace tinsmith {

// The declared static shape of an output, or null.
const Shape* declared_shape(const NodeReader& r, size_t output = 0);
// The parameter's constant elements; when it is computed at run time, refused by name. Input i must be there.
Ints required_ints(const NodeReader& r, size_t i);
// One number of a constant parameter, or the fallback when it is absent.
int64_t scalar_int(const NodeReader& r, size_t i, int64_t fallback);
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
// An empty result needs no computation: a constant without elements when the declared output has none.
std::optional<ValueId> empty_result(NodeReader& r, size_t output = 0);

}  // namespace tinsmith

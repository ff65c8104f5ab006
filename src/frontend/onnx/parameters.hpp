// Parameters of operators that ONNX passes as inputs: constants, or deduced from the declared output.
#pragma once

#include "frontend/compose/indices.hpp"
#include "frontend/onnx/node_reader.hpp"

namespace tinsmith {

// The declared static shape of an output, or null.
const Shape* declared_shape(const NodeReader& r, size_t output = 0);
// The parameter's constant elements; when it is computed at run time, refused by name. Input i must be there.
Ints required_ints(const NodeReader& r, size_t i);
// One number of a constant parameter, or the fallback when it is absent.
int64_t scalar_int(const NodeReader& r, size_t i, int64_t fallback);
// An empty result needs no computation: a constant without elements when the declared output has none.
std::optional<ValueId> empty_result(NodeReader& r, size_t output = 0);

}  // namespace tinsmith

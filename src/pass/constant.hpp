// What passes ask of constants.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

// The value of a plain constant whose elements are all the same.
std::optional<double> uniform(const Graph& graph, ValueId id);
bool is_uniform(const Graph& graph, ValueId id, double value);
// The same within a relative tolerance: for literals such as sqrt(2) that exporters round in their own ways.
bool is_about(const Graph& graph, ValueId id, double value);
bool about(double a, double b);

// A node of two operands, one of them a uniform constant that does not shape the result: `x` is the other.
struct WithScalar {
    ValueId x;
    double scalar;
    bool scalar_first;
};
std::optional<WithScalar> with_scalar(const Graph& graph, const Node& node);

// The constant varies along the last dimension only, or not at all: its C elements (or its one) apply one to a channel. False for
// run-time values and for shapes of higher rank than `rank`.
bool is_per_channel(const Graph& graph, ValueId id, int64_t channels, int64_t rank);

}  // namespace tinsmith

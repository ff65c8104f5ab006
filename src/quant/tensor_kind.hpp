// What part a tensor plays in a float graph: by this, ranges are chosen. What only moves numbers, or some of them, plays the part
// of what it moves.
#pragma once

#include "ir/op_def.hpp"
#include "quant/observer.hpp"
#include "quant/ranges.hpp"

namespace tinsmith {

enum class TensorKind : uint8_t {
    other,       // not float, or constant: not observed
    input,       // of the graph
    weighted,    // sum of a convolution or matrix product, as it is
    activation,  // the same before or after an activation, and what other operators compute
    sum,         // of two tensors, one of them weighted or a sum: a residual branch without an activation
    output,      // of the graph
};

// By ValueId.
std::vector<TensorKind> tensor_kinds(const Graph& graph);

// The bounds that the node's activation sets to its output, where both are finite.
std::optional<Range> activation_bounds(const Node& node);

// What Observer::automatic stands for. The figures behind it are in docs/calibration.md.
Observer default_observer(TensorKind kind);

}  // namespace tinsmith

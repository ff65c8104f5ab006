// Models that come with scales of their own: from quantisation-aware training, or from another quantiser.
#pragma once

#include "quant/stored.hpp"

namespace tinsmith {

// By ValueId: how the model says that a float is stored; u8 as the i8 that holds the same numbers.
using StatedScales = std::vector<std::optional<Stored>>;

// Before: a float that goes through Quantize and Dequantize, and through operators that move what is stored in between.
// After:  the float itself; what Quantize said is returned. Values keep their ids.
// When:   everything that reads the stored integers is such an operator, a Dequantize, or an output of the graph.
StatedScales take_stated_scales(Graph& graph);

// Ranges for a graph that was not calibrated: those of stated scales, of operators with a fixed range, and of what only moves them.
Ranges ranges_of(const Graph& graph, const StatedScales& stated);

}  // namespace tinsmith

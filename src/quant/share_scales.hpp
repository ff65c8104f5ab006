// Dense layers whose rows can do with one scale.
#pragma once

#include "data/samples.hpp"
#include "quant/plan.hpp"

namespace tinsmith {

// Before: every row of a FullyConnected's weights has a scale and a zero point, 12 bytes in a file.
// After:  NodePlan::one_scale where one scale for all rows costs the outputs, together, no more than a quarter of a decibel over the samples:
//         the layers that lose least first.
// When:   those bytes are a noticeable part of the model, and running it for every such layer is soon done. Rows that whoever trained them
//         put on integers keep theirs.
// Returns how many layers changed.
int share_scales(const Graph& graph, QuantPlan& plan, const Samples& samples);

}  // namespace tinsmith

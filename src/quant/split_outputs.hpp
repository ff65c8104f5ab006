// Outputs that hold parts of very different ranges.
#pragma once

#include "ir/graph.hpp"
#include "quant/ranges.hpp"

namespace tinsmith {

// Parts of one tensor whose ranges differ by more than this must not share a scale.
inline constexpr float most_range_ratio = 8;

// Before: an output that Concat computes, through other Concats, Reshapes and Transposes, from parts whose ranges differ by more than
//         `most_range_ratio`.
// After:  one output for each group of parts: NAME_boxes and NAME_scores where the first is four numbers wide (a detector's
//         decoded boxes), else NAME_0, NAME_1, ...
// When:   nothing else reads the tensors on the way. One scale for all would leave nothing of the small parts.
// `ranges` grows with the values that are added. Returns what the user should know.
std::vector<std::string> split_outputs(Graph& graph, Ranges& ranges);

}  // namespace tinsmith

// What hides scores from the Softmax that reads them, as attention's masks do.
#pragma once

#include "quant/stored.hpp"

namespace tinsmith {

// Before a Softmax (or Reshapes in front of it alone): scores + mask, or the mask where scores do not count. The mask is a constant
// that is -50 or less somewhere, as far down as minus infinity.
struct SoftmaxMask {
    ValueId scores = no_value, mask = no_value;
    bool adds = false;            // scores + mask
    std::vector<ValueId> masked;  // the result, and that of each Reshape behind it
};
std::vector<SoftmaxMask> softmax_masks(const Graph& graph);

// A hidden score need not be stored as it is: e^-12 of the least that counts is nothing to a Softmax, and a range that held minus a
// million would leave no step for the others.
Range masked_range(const Graph& graph, const SoftmaxMask& mask, Range scores);  // of the result
Range mask_range(const Graph& graph, const SoftmaxMask& mask, Range scores);    // of the constant; what lies below saturates

}  // namespace tinsmith

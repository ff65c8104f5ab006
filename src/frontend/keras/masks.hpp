// Which steps of a sequence count: Masking and Embedding(mask_zero=True) say so, and layers hand it on or heed it.
#pragma once

#include "frontend/keras/layer_reader.hpp"

namespace tinsmith::keras {

// The mask of the call's tensor `i`, bool [batch, steps]: the one that the call states, or the one that its layer handed on; no_value:
// every step counts.
ValueId mask_of(const LayerReader& r, size_t i = 0);

// The mask that the argument of this name states, or the one of tensor `x`; no_value: every step counts.
ValueId mask_for(const LayerReader& r, const char* argument, ValueId x);

// Gives the results of a layer the masks that Keras gives them.
void hand_on_masks(LayerReader& r, std::vector<ValueId>& results);

// Whether layers of a class compute other results where steps do not count.
bool heeds_masks(const std::string& kind);

// Both hold; either may be no_value.
ValueId both_masks(Compose& m, ValueId a, ValueId b);

}  // namespace tinsmith::keras

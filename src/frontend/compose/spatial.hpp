// Windows over channels-first tensors, as ONNX and PyTorch state them, and the forms that the graph's spatial operators have: channels
// last, two axes where the source has one.
#pragma once

#include "frontend/compose/compose.hpp"
#include "frontend/compose/layout.hpp"

namespace tinsmith {

struct SpatialWindow {
    Ints kernel, strides, dilations;
    Ints before, after;  // padding that the model states; padded cells count where an average counts them
    Ints overhang;       // cells beyond that which the last window of ceil_mode reaches
    Ints out;

    size_t axes() const { return kernel.size(); }
    bool dilated() const;
    bool padded() const;
    // [befores, afters] as the graph's operators take them; the afters include the overhang.
    Ints pads() const;
    // An axis of one cell in front of the only one: a 1-D window as a 2-D one.
    void insert_axis();
};

// One axis of a window whose kernel, strides, dilations and padding are stated: how often it fits, and what it reaches beyond the
// padding. Throws Fault::input when it does not fit.
void place_window(SpatialWindow& w, size_t i, int64_t in, bool ceil_mode);

// [N,C,L] as [N,C,1,L]; other ranks as they are.
ValueId at_least_2d(Compose& m, ValueId x);
// Back to channels first, without the axis that at_least_2d added.
ValueId from_channels_last(Compose& m, ValueId y, bool added_axis);

}  // namespace tinsmith

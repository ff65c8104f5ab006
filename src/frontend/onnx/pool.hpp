// What the converters of pools share.
#pragma once

#include "frontend/onnx/spatial.hpp"

namespace tinsmith {

// The operand of a pool, channels first with at least two spatial axes, and its window.
struct PoolInput {
    ValueId x;
    SpatialWindow window;
    bool added_axis;
    ValueId without_added_axis(Compose& m, ValueId y) const;  // of a channels-first result
};
PoolInput pool_input(NodeReader& r, Compose& m);

// op::MaxPool or op::AveragePool over two or three spatial axes of a channels-last x, without dilation.
ValueId pool_channels_last(Compose& m, const OpDef& op, ValueId x, const SpatialWindow& w);

// Any window over a channels-first x, axis by axis: `meet` (Max or Add) of strided slices of x padded with `nothing`.
ValueId pool_by_slices(Compose& m, const OpDef& meet, ValueId x, const SpatialWindow& w, double nothing);

// The lowest finite number of an element type.
double lowest(DType dtype);

}  // namespace tinsmith

// Pools over channels-first tensors.
#pragma once

#include "frontend/compose/spatial.hpp"

namespace tinsmith {

// The operand of a pool, channels first with at least two spatial axes, and its window.
struct PoolInput {
    // `of` has as many spatial axes as the window. Throws Fault::unsupported beyond three.
    PoolInput(Compose& m, ValueId of, SpatialWindow over);
    ValueId x;
    SpatialWindow window;
    bool added_axis;
    ValueId without_added_axis(Compose& m, ValueId y) const;  // of a channels-first result
};

// padding_counts: whether the stated padding is among the cells that an average counts.
ValueId average_pool(Compose& m, PoolInput p, bool padding_counts);
ValueId max_pool(Compose& m, const PoolInput& p);
// The maxima, and where in the flattened tensor each was: row by row, or with the spatial axes reversed.
std::vector<ValueId> max_pool_with_places(Compose& m, const PoolInput& p, bool column_major);

// op::MaxPool or op::AveragePool over two or three spatial axes of a channels-last x, without dilation.
ValueId pool_channels_last(Compose& m, const OpDef& op, ValueId x, const SpatialWindow& w);

// Any window over a channels-first x, axis by axis: `meet` (Max or Add) of strided slices of x padded with `nothing`.
ValueId pool_by_slices(Compose& m, const OpDef& meet, ValueId x, const SpatialWindow& w, double nothing);

// The stated padding as zeros in front of and behind a channels-first x; what remains of the window's padding is the overhang.
ValueId pad_with_zeros(Compose& m, ValueId x, SpatialWindow& w, bool overhang_too);

// The lowest finite number of an element type.
double lowest(DType dtype);

}  // namespace tinsmith

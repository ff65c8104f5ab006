// Resizing whose scales or region are computed at run time: positions and weights become part of the graph.
#pragma once

#include "frontend/compose/resize_axis.hpp"
#include "ir/builder.hpp"

namespace tinsmith {

struct RunTimeResize {
    ValueId scales = no_value,
            roi = no_value;  // one entry for each of `axes`; starts, then ends; no_value: they are in the ResizeAxis
    Ints axes;
};

// The extents of all axes are known.
ValueId resize_at_run_time(Builder& b, ValueId x, const Resizing& z, const RunTimeResize& late);

}  // namespace tinsmith

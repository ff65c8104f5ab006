// Sampling an image at points that are computed.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

struct Sampling {
    std::string mode;     // linear, nearest, cubic
    std::string padding;  // zeros, border, reflection
    bool align_corners = false;
};

// x [N, C, spatial...], grid [N, points..., axes] with coordinates from -1 to 1, the first of which runs along the last axis.
ValueId grid_sample(Compose& c, ValueId x, ValueId grid, const Sampling& sampling);

}  // namespace tinsmith

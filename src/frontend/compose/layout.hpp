// Between the layouts of formats whose activations are channels-first and the graph, whose spatial operators are channels-last.
// These add the Transposes that passes remove again. Shapes [N, C, spatial...] <-> [N, spatial..., C].
#pragma once

#include "ir/builder.hpp"

namespace tinsmith {

ValueId to_channels_last(Builder& b, ValueId x);
ValueId to_channels_first(Builder& b, ValueId x);

}  // namespace tinsmith

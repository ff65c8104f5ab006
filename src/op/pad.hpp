// Padding that the convolution or pool which reads it can do by itself.
#pragma once

#include "ir/graph.hpp"

#include <optional>

namespace tinsmith {

// `pads` [before..., after...] of the spatial dimensions with those of a node of op::Pad added. Nothing when it pads other
// dimensions, with something else than a constant, or by what is known only at run time.
std::optional<Ints> joined_pads(const Node& pad, const Ints& pads);

}  // namespace tinsmith

// Which inputs and outputs of two models belong together, and how their layouts differ.
#pragma once

#include "ir/graph.hpp"

#include <optional>

namespace tinsmith {

struct PortPair {
    size_t source = 0, result = 0;  // positions in the port lists
    Ints perm;                      // result = transposed(source, perm); empty: the same order of elements
    // Where an output became several: the result is `extent` indices of the source's dimension `axis`, from `first` on.
    struct Part {
        int64_t axis, first, extent;
    };
    std::optional<Part> part;
};

// By name where every port of the result is found in the source by its name, else by position. A port whose note begins with
// "channels-last" (or "channels-first"), or whose shape says so, is a transposition. Throws Fault::input naming what does not
// match.
std::vector<PortPair> match_inputs(const Graph& source, const Graph& result);
// The same for outputs; every output of the source must have its match: one output, or several called NAME_... that are its
// parts along one dimension, in order.
std::vector<PortPair> match_outputs(const Graph& source, const Graph& result);

// Orders in which elements of a tensor of shape `from` may be laid out with shape `to`: as they are (empty, also where only
// extents of 1 differ), channels moved last, channels moved second. None when the shapes have nothing in common.
std::vector<Ints> layouts_between(const Shape& from, const Shape& to);

}  // namespace tinsmith

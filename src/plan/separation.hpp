// How far apart two lifetimes must begin that meet in time.
#pragma once

#include "plan/place.hpp"

namespace tinsmith {

struct Neighbour {
    uint32_t other;
    size_t below;  // when this one is the lower of the two: how far above its start the other begins at least
    size_t above;  // when this one is the upper: how far below its start the other begins at least
};

// What a placement must respect, in units of the alignment. Lifetimes without bytes have no neighbours.
struct Separations {
    explicit Separations(const PlaceProblem& problem);
    size_t alignment;
    std::vector<size_t> sizes;                       // bytes rounded up, in units
    std::vector<std::vector<Neighbour>> neighbours;  // by lifetime, the lower index first
    size_t least = 0;                                // lower bound of the arena
};

// Whether offsets (in units) respect all separations and end at or below `height`.
bool is_sound(const Separations& separations, std::span<const size_t> offsets, size_t height);

// Looks for offsets below `height`: a branch-and-bound search over placements from the bottom up. Takes `steps` positions at most
// and says how many are left. Nothing: there are none, or the steps ran out (then `steps` is 0).
std::vector<size_t> search_offsets(const PlaceProblem& problem, const Separations& separations, size_t height, uint64_t& steps);

}  // namespace tinsmith

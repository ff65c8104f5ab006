// Where each activation lies in one arena: lifetimes of values over the schedule, and offsets that let the dead make room.
#pragma once

#include "ir/graph.hpp"

#include <span>

namespace tinsmith {

// Bytes that are in use from step `first` to step `last`, both included.
struct Lifetime {
    size_t bytes = 0;
    uint32_t first = 0, last = 0;
};

struct Placement {
    std::vector<size_t> offsets;  // one for each lifetime, multiples of the alignment
    size_t bytes = 0;             // size of the arena
};

// Offsets such that no two lifetimes that meet in time meet in memory: largest first, each in the smallest gap that holds it.
Placement place(std::span<const Lifetime> lifetimes, size_t alignment);

// The most bytes that are alive at one step (each rounded up to the alignment): no placement can be smaller.
size_t live_peak(std::span<const Lifetime> lifetimes, size_t alignment);

// One lifetime for each value of the graph: step 0 is the arrival of the inputs, step i + 1 is node i, and outputs live to the
// end. Constants and values that nothing computes have no bytes.
std::vector<Lifetime> value_lifetimes(const Graph& graph);

}  // namespace tinsmith

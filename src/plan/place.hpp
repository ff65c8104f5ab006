// Where lifetimes lie in one arena: offsets that let the dead make room for the living.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tinsmith {

// Bytes that are in use from step `first` to step `last`, both included.
struct Lifetime {
    size_t bytes = 0;
    uint32_t first = 0, last = 0;
};

// Two lifetimes that meet and yet may share bytes: `result` grows from its start while `operand` is read from its start, so that it
// is enough for it to begin `distance` bytes before it.
struct Overlap {
    uint32_t operand = 0, result = 0;  // indices of lifetimes
    size_t distance = 0;               // at most the result's bytes
};

struct PlaceProblem {
    std::span<const Lifetime> lives;
    std::span<const Overlap> overlaps;
    size_t alignment = 16;
};

struct Placement {
    std::vector<size_t> offsets;  // one for each lifetime, multiples of the alignment
    size_t bytes = 0;             // size of the arena
};

// Offsets such that no two lifetimes that meet in time meet in memory, overlaps apart: largest first, each in the smallest gap that
// holds it. Quick, for tens of thousands of lifetimes.
Placement place(std::span<const Lifetime> lifetimes, size_t alignment);

// The best of several orders and, when none meets the lower bound, of a search that tries at most `steps` positions.
Placement place_best(const PlaceProblem& problem, uint64_t steps);

// The most bytes that are alive at one step (each rounded up to the alignment): no placement without overlaps can be smaller.
size_t live_peak(std::span<const Lifetime> lifetimes, size_t alignment);
// The same with overlaps: what results and operands can have in common at most is counted once.
size_t live_peak(const PlaceProblem& problem);
std::vector<size_t> live_bytes(const PlaceProblem& problem);  // by step

}  // namespace tinsmith

#include "plan/place.hpp"

#include "plan/separation.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

static size_t rounded(size_t bytes, size_t alignment) { return (bytes + alignment - 1) / alignment * alignment; }

namespace {

struct Placed {
    size_t begin, end;
    uint32_t first, last;
};

}  // namespace

// The offset of the smallest gap between those `placed` (sorted by begin) that are alive in [first, last]; above them when none
// fits.
static size_t best_gap(const std::vector<Placed>& placed, const Lifetime& life, size_t bytes) {
    size_t best = SIZE_MAX, best_gap = SIZE_MAX, top = 0;
    for (const Placed& other : placed) {
        if (other.first > life.last || other.last < life.first) continue;
        if (other.begin >= top + bytes && other.begin - top < best_gap) {
            best = top;
            best_gap = other.begin - top;
        }
        top = std::max(top, other.end);
    }
    return best == SIZE_MAX ? top : best;
}

Placement place(std::span<const Lifetime> lifetimes, size_t alignment) {
    std::vector<uint32_t> order(lifetimes.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
    Placement result{std::vector<size_t>(lifetimes.size(), 0), 0};
    std::vector<Placed> placed;
    for (uint32_t index : order) {
        const Lifetime& life = lifetimes[index];
        if (life.bytes == 0) break;
        const size_t bytes = rounded(life.bytes, alignment);
        const size_t begin = best_gap(placed, life, bytes);
        const Placed entry{begin, begin + bytes, life.first, life.last};
        auto where = std::upper_bound(placed.begin(), placed.end(), begin,
                                      [](size_t offset, const Placed& p) { return offset < p.begin; });
        placed.insert(where, entry);
        result.offsets[index] = begin;
        result.bytes = std::max(result.bytes, entry.end);
    }
    return result;
}

size_t live_peak(std::span<const Lifetime> lifetimes, size_t alignment) { return live_peak({lifetimes, {}, alignment}); }

size_t live_peak(const PlaceProblem& problem) {
    const std::vector<size_t> live = live_bytes(problem);
    return live.empty() ? 0 : *std::max_element(live.begin(), live.end());
}

std::vector<size_t> live_bytes(const PlaceProblem& problem) {
    uint32_t steps = 0;
    for (const Lifetime& life : problem.lives) steps = std::max(steps, life.last + 1);
    std::vector<size_t> begins(steps + 1), ends(steps + 1), shared(problem.lives.size()), saved(steps + 1);
    for (const Lifetime& life : problem.lives) {
        begins[life.first] += rounded(life.bytes, problem.alignment);
        ends[life.last + 1] += rounded(life.bytes, problem.alignment);
    }
    // A result has at most its end beyond `distance`, and at most all of the operand, in common with it.
    for (const Overlap& overlap : problem.overlaps) {
        const Lifetime &operand = problem.lives[overlap.operand], &result = problem.lives[overlap.result];
        const size_t whole = rounded(result.bytes, problem.alignment);
        const size_t common = std::min(whole - std::min(rounded(overlap.distance, problem.alignment), whole),
                                       rounded(operand.bytes, problem.alignment));
        const size_t left = whole - shared[overlap.result], more = std::min(common, left);
        shared[overlap.result] += more;
        saved[result.first] += more;
    }
    std::vector<size_t> live(steps);
    size_t alive = 0;
    for (uint32_t step = 0; step < steps; ++step) {
        alive = alive + begins[step] - ends[step];
        live[step] = alive - std::min(saved[step], alive);
    }
    return live;
}

}  // namespace tinsmith

#include "run/memory_plan.hpp"

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

size_t live_peak(std::span<const Lifetime> lifetimes, size_t alignment) {
    uint32_t steps = 0;
    for (const Lifetime& life : lifetimes) steps = std::max(steps, life.last + 1);
    std::vector<size_t> begins(steps + 1), ends(steps + 1);
    for (const Lifetime& life : lifetimes) {
        begins[life.first] += rounded(life.bytes, alignment);
        ends[life.last + 1] += rounded(life.bytes, alignment);
    }
    size_t alive = 0, peak = 0;
    for (uint32_t step = 0; step < steps; ++step) {
        alive = alive + begins[step] - ends[step];
        peak = std::max(peak, alive);
    }
    return peak;
}

std::vector<Lifetime> value_lifetimes(const Graph& graph) {
    std::vector<Lifetime> lives(graph.values.size());
    auto born = [&](ValueId id, uint32_t step) {
        if (id == no_value || graph.is_constant(id)) return;
        lives[id] = {graph.type(id).bytes(), step, step};
    };
    auto used = [&](ValueId id, uint32_t step) {
        if (id != no_value) lives[id].last = std::max(lives[id].last, step);
    };
    for (const Port& port : graph.inputs) born(port.value, 0);
    for (const State& state : graph.states) born(state.value, 0);
    uint32_t step = 0;
    for (const Node& node : graph.nodes) {
        ++step;
        for (ValueId id : node.inputs) used(id, step);
        for (ValueId id : node.outputs) born(id, step);
    }
    for (const Port& port : graph.outputs) used(port.value, step + 1);
    for (const State& state : graph.states) used(state.next, step + 1);
    return lives;
}

}  // namespace tinsmith

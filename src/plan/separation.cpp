#include "plan/separation.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

static size_t units(size_t bytes, size_t alignment) { return (bytes + alignment - 1) / alignment; }

Separations::Separations(const PlaceProblem& problem)
    : alignment(problem.alignment), neighbours(problem.lives.size()), least(live_peak(problem) / problem.alignment) {
    const auto& lives = problem.lives;
    for (const Lifetime& life : lives) sizes.push_back(units(life.bytes, alignment));
    std::vector<uint32_t> by_birth(lives.size());
    std::iota(by_birth.begin(), by_birth.end(), 0u);
    std::stable_sort(by_birth.begin(), by_birth.end(), [&](uint32_t a, uint32_t b) { return lives[a].first < lives[b].first; });
    std::vector<uint32_t> alive;
    for (uint32_t i : by_birth) {
        if (sizes[i] == 0) continue;
        std::erase_if(alive, [&](uint32_t j) { return lives[j].last < lives[i].first; });
        for (uint32_t j : alive) {
            neighbours[i].push_back({j, sizes[i], sizes[j]});
            neighbours[j].push_back({i, sizes[j], sizes[i]});
        }
        alive.push_back(i);
    }
    for (auto& list : neighbours)
        std::sort(list.begin(), list.end(), [](const Neighbour& a, const Neighbour& b) { return a.other < b.other; });
    const auto edge = [&](uint32_t of, uint32_t to) -> Neighbour* {
        for (Neighbour& n : neighbours[of])
            if (n.other == to) return &n;
        return nullptr;
    };
    for (const Overlap& overlap : problem.overlaps) {
        const size_t distance = std::min(units(overlap.distance, alignment), sizes[overlap.result]);
        if (Neighbour* n = edge(overlap.result, overlap.operand)) n->below = distance;
        if (Neighbour* n = edge(overlap.operand, overlap.result)) n->above = distance;
    }
}

bool is_sound(const Separations& s, std::span<const size_t> offsets, size_t height) {
    for (uint32_t i = 0; i < s.sizes.size(); ++i) {
        if (offsets[i] + s.sizes[i] > height) return false;
        for (const Neighbour& n : s.neighbours[i])
            if (offsets[n.other] < offsets[i] + n.below && offsets[i] < offsets[n.other] + n.above) return false;
    }
    return true;
}

}  // namespace tinsmith

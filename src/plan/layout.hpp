// Between order and offsets: what has to be placed, when it is alive, and in which memory it goes.
#pragma once

#include "plan/flow.hpp"
#include "plan/place.hpp"

namespace tinsmith {

struct Layout {
    std::vector<uint32_t> order;
    std::vector<PlannedStage> stages;
    std::vector<Lifetime>
        lives;                  // by value (aliases have no bytes, owners live as long as their aliases), then scratch by step
    std::vector<Lifetime> own;  // by value: of each alone, aliases too
    std::vector<Overlap> overlaps;
    size_t scratch_at(size_t place_in_order) const { return own.size() + place_in_order; }
};

Layout lay_out(const Graph& graph, const Flow& flow, std::vector<uint32_t> order, std::vector<PlannedStage> stages);

// The same with stages that run in patches: the least work done twice after which at most `max_bytes` are alive at any step; where
// nothing brings that about, what comes closest.
Layout patch(const Graph& graph, const Flow& flow, const Layout& whole, size_t max_bytes, size_t alignment);

struct Arenas {
    std::vector<uint32_t> memory;  // by lifetime
    std::vector<size_t> offsets;
    std::vector<MemoryUse> memories;
    size_t bytes() const;
};

// Places lifetimes in the memories of the options: those whose bytes are moved most often in the first that holds them. Throws
// Fault::target when something fits into none.
Arenas place_in_memories(const Graph& graph, const Flow& flow, const Layout& layout, const PlanOptions& options);

}  // namespace tinsmith

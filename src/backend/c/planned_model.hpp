// A model that is ready to be written: what its nodes call, in which order, and where everything lies.
#pragma once

#include "backend/c/c99.hpp"
#include "backend/c/record.hpp"

namespace tinsmith::c99 {

struct PlannedModel {
    CModel model;                  // its graph as it is computed: Pads in windows, nothing dead
    std::vector<NodeCalls> calls;  // by node
    MemoryPlan plan;

    const Graph& graph() const { return model.graph; }
    // Where a computed value lies in the arena.
    size_t offset(ValueId id) const;
    // Whether the node leaves its bytes where they are.
    bool is_alias(const Node& node) const;
};

// Throws as write_c does.
PlannedModel planned(CModel model, const COptions& options);

}  // namespace tinsmith::c99

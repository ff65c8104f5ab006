// A model that is ready to be written: what its nodes call, in which order, and where everything lies.
#pragma once

#include "backend/c/c99.hpp"
#include "backend/c/record.hpp"

#include <map>
#include <optional>

namespace tinsmith::c99 {

// What computes a node, or some rows of its result.
struct Part {
    uint32_t node = 0;
    NodeCalls calls;
    std::optional<NodeCalls> nn;        // the same by way of CMSIS-NN or ESP-NN, where these compute it
    std::map<ValueId, size_t> skipped;  // bytes of a value before its first row here, where there are any
};

struct PlannedModel {
    CModel model;  // its graph as it is computed: Pads in windows, nothing dead
    MemoryPlan plan;
    std::vector<Part> parts;  // in the order in which they run
    std::vector<std::string> notes;

    const Graph& graph() const { return model.graph; }
    // Where a computed value lies in the arena.
    size_t offset(ValueId id) const;
    // Whether the node leaves its bytes where they are.
    bool is_alias(const Node& node) const;
};

// Throws as write_c does.
PlannedModel planned(CModel model, const COptions& options);

}  // namespace tinsmith::c99

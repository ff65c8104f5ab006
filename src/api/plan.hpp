// plan: where a model's activations lie on a device, and how much memory that takes.
#pragma once

#include "frontend/frontend.hpp"
#include "plan/plan.hpp"

namespace tinsmith {

struct ModelPlan {
    std::string format;
    std::vector<std::string> notes;
    Graph graph;  // as it is planned: optimised, its Pads in the windows that read them
    MemoryPlan plan;
};

// Reads and optimises a model, and plans it as a target does that pads inside its kernels.
ModelPlan plan_model(const std::string& path, const ReadOptions& read, const PlanOptions& options);

}  // namespace tinsmith

// plan: where a model's activations lie on a device, and how much memory that takes.
#pragma once

#include "frontend/frontend.hpp"
#include "micro/arena.hpp"
#include "plan/plan.hpp"

namespace tinsmith {

struct ModelPlan {
    std::string format;
    std::vector<std::string> notes;
    Graph graph;  // as it is planned: optimised, its Pads in the windows that read them
    MemoryPlan plan;
};

// What TFLite Micro takes for a .tflite: on a 64-bit host (the Python package, against which this is checked), and on boards of 32 bits
// with its reference kernels and with CMSIS-NN.
struct MicroArenas {
    MicroArena host, board, cmsis_nn;
};
// Throws Fault::input when the path holds no .tflite.
MicroArenas micro_arenas(const std::string& path);

// What C that is generated for a .tflite takes: the plan's arena, and behind it what its kernels work in. Nothing where there is no C for it,
// or the path holds no .tflite, whose operators a conversion would still change.
std::optional<size_t> generated_c_arena(const std::string& path, const ReadOptions& read, size_t max_ram);

// Reads and optimises a model, and plans it as a target does that pads inside its kernels.
ModelPlan plan_model(const std::string& path, const ReadOptions& read, const PlanOptions& options);

}  // namespace tinsmith

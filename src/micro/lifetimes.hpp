// When the tensors of a .tflite are alive as TFLite Micro counts it: a step for each operator, in the order of the file.
#pragma once

#include "micro/kernels.hpp"
#include "micro/planner.hpp"

namespace tinsmith {

struct MicroScratch {
    size_t bytes;
    size_t graph, node;
};

// The model in a file. Throws Fault::input when the file is damaged.
const tflite::Model& micro_model(std::span<const std::byte> file);

// Operator `i` of sub-graph `g`. Throws Fault::input when it refers to what is not there.
MicroOperator micro_operator(const tflite::Model& model, size_t g, flatbuffers::uoffset_t i);

// What the planner places: tensors of all sub-graphs that are computed, then scratch.
std::vector<MicroBuffer> micro_buffers(const tflite::Model& model, std::span<const MicroScratch> scratch);

}  // namespace tinsmith

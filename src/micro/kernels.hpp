// What TFLite Micro's kernels keep in the arena beside tensors.
#pragma once

#include "format/tflite/schema_generated.h"
#include "micro/arena.hpp"

namespace tinsmith {

// An operator with the tensors of its sub-graph.
struct MicroOperator {
    const tflite::SubGraph& graph;
    const tflite::Operator& op;
    tflite::BuiltinOperator code;
    std::string custom;

    // Null where the operator has no such operand.
    const tflite::Tensor* input(size_t index) const;
    const tflite::Tensor* output(size_t index) const;
};

struct MicroNeeds {
    size_t parameters = 0;  // the options of the operator, parsed
    size_t parameters_align = 4;
    std::vector<size_t> initial;   // buffers that live on, asked for when the kernel is made
    std::vector<size_t> prepared;  // the same when it is prepared
    std::vector<size_t> scratch;   // alive while the operator runs
    int tensors_twice = 1;         // how often Prepare looks at each operand
    bool known = true;
};

MicroNeeds micro_needs(const MicroOperator& op, const MicroBuild& build);

// Bytes of a tensor's elements.
size_t micro_tensor_bytes(const tflite::Tensor& tensor);

}  // namespace tinsmith

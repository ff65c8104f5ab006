// What the recurrent operators share: a sequence [batch, time, features], or [time, batch, features] when time_major.
#pragma once

#include "ir/op_def.hpp"
#include "kernel/lstm.h"

namespace tinsmith {

// The activation of the cell: "none", "relu", "relu6", "relu_n1_to_1" or "tanh". Throws Fault::input for another.
tin_gate gate_of(std::string_view activation);

struct Sequence {
    int64_t batch, time, features;
    bool time_major;
    static Sequence of(const Node& node, const Shape& x);
    Shape with(int64_t outputs) const;
    // Copies the features of one step from the sequence to `step` [batch, width], or back.
    void take(const float* sequence, int64_t at, int64_t width, float* step) const;
    void put(float* sequence, int64_t at, int64_t width, const float* step) const;
};

// Throws Fault::input naming the operand unless it is absent or has this shape.
void check_shape(const InferContext& c, size_t operand, const Shape& shape);

}  // namespace tinsmith

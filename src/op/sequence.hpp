// What the recurrent operators share: a sequence [batch, time, features], or [time, batch, features] when time_major.
#pragma once

#include "op/kernel_call.hpp"

namespace tinsmith {

// The activation of the cell: "none", "relu", "relu6", "relu_n1_to_1" or "tanh". Throws Fault::input for another.
tin_gate gate_of(std::string_view activation);

struct Sequence {
    int64_t batch, time, features;
    bool time_major;
    static Sequence of(const Node& node, const Shape& x);
    Shape with(int64_t outputs) const;
    // Copies the features of one step from the sequence to `step` [batch, width], or back.
    template <class T>
    void take(const EvalContext& c, const T* sequence, int64_t at, int64_t width, T* step) const {
        for (int64_t b = 0; b < batch; ++b)
            copy_bytes(c, step + b * width, sequence + row(b, at) * width, static_cast<size_t>(width) * sizeof(T));
    }
    template <class T>
    void put(const EvalContext& c, T* sequence, int64_t at, int64_t width, const T* step) const {
        for (int64_t b = 0; b < batch; ++b)
            copy_bytes(c, sequence + row(b, at) * width, step + b * width, static_cast<size_t>(width) * sizeof(T));
    }

private:
    int64_t row(int64_t b, int64_t at) const { return time_major ? at * batch + b : b * time + at; }
};

// Throws Fault::input naming the operand unless it is absent or has this shape and, where x is no quantised tensor,
// holds floats.
void check_shape(const InferContext& c, size_t operand, const Shape& shape);

}  // namespace tinsmith

// Layers of float activations and stored weights: what their kernels are given.
#pragma once

#include "ir/op_def.hpp"
#include "kernel/hybrid.h"

namespace tinsmith {

// Whether the weights of a layer, its second operand, are stored integers.
inline bool has_stored_weights(const EvalContext& c) { return is_quantised(*c.in[1].type); }

// Rows or images that are quantised one by one, each of them `size` floats.
class HybridInput {
public:
    enum class Scheme { symmetric, asymmetric };
    HybridInput(const Type& weights, int64_t size, Scheme scheme);
    // Quantises one; `sum` and `stored` then belong to it.
    void take(const float* x);
    tin_hybrid_sum sum;
    std::vector<int8_t> stored;

private:
    Scheme scheme_;
};

}  // namespace tinsmith

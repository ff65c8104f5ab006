// Layers of float activations and stored weights: what their kernels are given.
#pragma once

#include "ir/graph.hpp"
#include "ir/op_def.hpp"
#include "kernel/hybrid.h"

namespace tinsmith {

// Whether the weights of a layer, its second operand, are stored integers.
inline bool has_stored_weights(const EvalContext& c) { return is_quantised(*c.in[1].type); }

// Which operands of a node are weights that a hybrid kernel takes stored, all of them or none; empty: there is no such kernel. Absent
// ones count too.
std::span<const size_t> hybrid_operands(const Node& node);

// Whether the node's activations are floats and its weights stored.
bool is_hybrid(const Graph& graph, const Node& node);

// Throws Fault::input unless the node's weights are all floats or all i8 of one scale around 0. For layers whose kernels take one scale.
void check_alike(const InferContext& c);

// Rows or images that are quantised one by one, each of them `size` floats.
class HybridInput {
public:
    enum class Scheme { symmetric, asymmetric };
    HybridInput(const Type& weights, int64_t size, Scheme scheme);
    // Quantises one; `sum` and `stored` then belong to it.
    void take(const float* x);
    // y[o] = start[o] + weights[o] . x, x a row and `start` null, a bias or y itself.
    void multiply(const float* x, const int8_t* weights, const float* start, int64_t out, float* y);
    tin_hybrid_sum sum;
    std::vector<int8_t> stored;

private:
    Scheme scheme_;
};

}  // namespace tinsmith

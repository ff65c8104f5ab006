// Layers of float activations and stored weights on this processor's vectors: the same bits as the operator's own kernel.
#pragma once

#include "run/fast_kernel.hpp"
#include "run/integer_isa.hpp"

namespace tinsmith {

// By family; null where the node's form is not covered.
std::unique_ptr<FastKernel> make_hybrid_product(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                const ConstantBytes& constant);
std::unique_ptr<FastKernel> make_hybrid_depthwise(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                  const ConstantBytes& constant);

// The best that there is for a node whose weights alone are stored, or null.
std::unique_ptr<FastKernel> make_hybrid_kernel(const Graph& graph, const Node& node, const ConstantBytes& constant);

// How the sums of a layer become real numbers: tin_result_hybrid.
class HybridScale {
public:
    // `sums`: each channel's weights, added up. `shift`: what is added to each x before it is multiplied.
    HybridScale(const Graph& graph, const Node& node, const ConstantBytes& constant, std::vector<int32_t> sums, int32_t shift,
                bool one_by_one);

    // y = real numbers of `rows` rows of sums, whose x had this scale.
    void finish(const int32_t* sums, int64_t rows, float x_scale, int32_t x_zero, float* y) const;

private:
    std::vector<float> scale_, bias_;
    std::vector<int32_t> sums_;
    int32_t shift_;
    bool one_by_one_;
};

// Whether weights and bias are constants that the kernels take: i8 around 0, f32.
bool is_plain_hybrid_layer(const Graph& graph, const Node& node, const ConstantBytes& constant);

}  // namespace tinsmith

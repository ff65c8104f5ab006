// A oneDNN primitive as a FastKernel: its operands described by strides, weights reordered once.
#pragma once

#include "run/dnnl_library.hpp"
#include "run/fast_kernel.hpp"

#include <optional>

namespace tinsmith {

// A float tensor as oneDNN sees it: extents in its order of dimensions, with the element strides they have in memory.
dnnl_memory_desc_t dnnl_strided(const Shape& extents, const Shape& strides);
// The same extents in whatever order the primitive likes best.
dnnl_memory_desc_t dnnl_any_order(const Shape& extents);

// Operand `index` of the node as argument `arg` of the primitive.
struct DnnlOperand {
    int arg = 0;
    size_t index = 0;
    dnnl_memory_desc_t desc{};              // as it lies in memory
    const std::byte* constant = nullptr;    // set: brought into the primitive's order now, and held
    dnnl_query_t order = dnnl_query_undef;  // which of the primitive's descriptors that is
};

// A primitive for the operation `op_desc` (any of oneDNN's *_desc_t) with the fused activation ("none", "relu", ...), or null
// when oneDNN has none.
std::unique_ptr<FastKernel> make_dnnl_kernel(const_dnnl_op_desc_t op_desc, std::string_view activation,
                                             const std::vector<DnnlOperand>& operands, const dnnl_memory_desc_t& result);

// By family; null where the node's form is not covered.
std::unique_ptr<FastKernel> make_dnnl_convolution(const Graph& graph, const Node& node, const ConstantBytes& constant);
std::unique_ptr<FastKernel> make_dnnl_product(const Graph& graph, const Node& node, const ConstantBytes& constant);

}  // namespace tinsmith

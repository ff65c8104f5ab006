// Integer layers on this processor's vectors: the same bits as the operator's own kernel.
#pragma once

#include "run/fast_kernel.hpp"
#include "run/integer_isa.hpp"

namespace tinsmith {

// By family; null where the node's form is not covered. `constant` gives the bytes of weights and biases.
std::unique_ptr<FastKernel> make_integer_product(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                 const ConstantBytes& constant);
std::unique_ptr<FastKernel> make_integer_depthwise(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                                   const ConstantBytes& constant);
std::unique_ptr<FastKernel> make_integer_add(const IntegerIsa& isa, const Graph& graph, const Node& node,
                                             const ConstantBytes& constant);

// The best that there is for a node on stored integers, or null.
std::unique_ptr<FastKernel> make_integer_kernel(const Graph& graph, const Node& node, const ConstantBytes& constant);

}  // namespace tinsmith

// How one operator bears a permutation of its operand's dimensions.
#pragma once

#include "ir/rewrite.hpp"

namespace tinsmith {

struct Relaid {
    Attrs attrs;    // of the node on x'
    Ints out_perm;  // every output is Transpose(output', out_perm)
};

// For a node whose first operand is x = Transpose(x', perm): the same computation on x'. Operators of several operands (elementwise,
// Concat) mean that all of them are laid out like x. nullopt when the operator is bound to its layout.
std::optional<Relaid> relaid(const Graph& graph, const Node& node, const Ints& perm);

// Operators whose operands must all be laid out alike: elementwise with broadcasting, and Concat.
bool joins_operands(const Node& node);

// For each dimension of `from` the dimension of `to` that it is, or -1 for a one that `to` does not have. nullopt when the two differ
// in more than ones.
std::optional<Ints> match_units(const Shape& from, const Shape& to);

// The axes of a reduction, 0-based and sorted.
Ints reduced_axes(const Node& reduce, int64_t rank);
bool is_reduction(const Node& node);

// Elements, plus what one more operator costs: so that one large Transpose is cheaper than two halves.
constexpr int64_t operator_overhead = 1000;

}  // namespace tinsmith

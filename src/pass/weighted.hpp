// Operators that multiply by constant weights: where their weights keep output and input channels.
#pragma once

#include "ir/rewrite.hpp"

namespace tinsmith {

struct Weighted {
    ValueId x, weights, bias;  // bias: no_value where there is none
    size_t out_axis;           // the dimension of the weights that counts output channels
    int64_t out_channels;
};

// Convolutions and matrix products with constant float32 weights and bias; nullopt for everything else.
std::optional<Weighted> weighted(const Graph& graph, const Node& node);

// `scale`, a constant of C elements or one, shaped [.., C, ..] for dimension `axis` of `rank`.
ValueId along(Builder& b, ValueId scale, size_t axis, size_t rank);

// The constant as a vector of `channels` elements, a single one repeated.
ValueId as_vector(Builder& b, ValueId constant, int64_t channels);

}  // namespace tinsmith

// Layers that make up for what quantisation did to everything in front of them.
#pragma once

#include "data/samples.hpp"
#include "quant/plan.hpp"

namespace tinsmith {

// Before: float weights w and biases of layers that the plan computes on integers.
// After:  weights and biases with which each layer, on the inputs that the integer layers in front of it really compute, comes as close as
//         it can to its output on the float inputs; the weights whole multiples of a scale for each channel.
// When:   rounding in front of a layer is not noise but an error of its own in every flat region of an image, and grows from layer to
//         layer. Layer by layer in the graph's order, with a the integer inputs and f the float ones, both without their means,
//         w + g least in mean((w + g) a - w f)^2 + ridge |g|^2, the ridge the mean variance of a (docs/quantisation.md: with less,
//         few samples would be learnt by heart); then whole steps chosen by the covariance of a, and the bias takes up the rest of the mean.
// Runs all samples in floats and on integers, exactly, and keeps what is still to be read of them all. Weights that several nodes
// read, layers of very many weights a channel, and weights on a lattice of their own, are left alone. Returns how many layers changed.
int reconstruct(Graph& graph, const QuantPlan& plan, const Samples& samples);

}  // namespace tinsmith

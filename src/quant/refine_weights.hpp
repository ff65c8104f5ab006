// Weights and biases chosen by what they do to real inputs, not each by itself.
#pragma once

#include "quant/layer_inputs.hpp"

namespace tinsmith {

// Before: float weights w of layers that the plan computes on integers.
// After:  weights that are whole multiples q of a scale for each output channel, chosen so that the error of the layer's output,
//         (q * scale - w)' C (q * scale - w) with C the covariance of its inputs, is small; and biases that take up what is left of
//         the mean error, (w - q * scale) * mean input.
// When:   there are enough rows of inputs. Rounding each weight to its neighbour is the best start, but inputs are correlated: errors
//         of several weights can cancel (as in GPTQ and AdaRound). Work is bounded by `most_work` multiplications in all; where
//         a layer would take more than its share, weights are rounded to the nearest and only the bias is corrected.
// `shared` weights, which several nodes read, are left alone. Returns how many layers changed.
int refine_weights(Graph& graph, const QuantPlan& plan, const std::vector<LayerInputs>& inputs, double most_work);

}  // namespace tinsmith

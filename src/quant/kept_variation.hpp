// How much of what a model tells its samples apart by is left on integers.
#pragma once

#include "data/samples.hpp"
#include "quant/plan.hpp"

namespace tinsmith {

// SQNR in dB over `runs` samples, the least of all outputs: signal and noise are what is left of each index of the last axis without
// its mean. `exact` is the float graph; `graph` the same with the weights that the plan is to store. Infinite for outputs without variation or noise.
double kept_variation(const Graph& exact, const Graph& graph, const QuantPlan& plan, const Samples& samples, size_t runs);

}  // namespace tinsmith

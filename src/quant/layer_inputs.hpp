// What weights are multiplied with: rows of the inputs of convolutions and dense layers, sampled while a float graph runs.
#pragma once

#include "data/samples.hpp"
#include "quant/plan.hpp"

namespace tinsmith {

// `count` rows of `width` numbers, in the order of one output channel's weights. A depthwise convolution has a row for all channels: cell
// by cell, channels last, as its weights.
struct LayerInputs {
    int64_t width = 0, count = 0;
    std::vector<double> sum;  // of all rows
    std::vector<float> rows;  // empty where rows are too wide for anything but their mean
};

// By node index, empty for nodes that the plan does not compute on integers. Runs `runs` of the samples and takes at
// most about `most_rows` rows for each node (fewer where they are long), spread evenly over samples and places.
std::vector<LayerInputs> layer_inputs(const Graph& graph, const QuantPlan& plan, const Samples& samples, size_t runs,
                                      int64_t most_rows);

}  // namespace tinsmith

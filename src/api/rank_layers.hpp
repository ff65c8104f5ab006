// Which layers of a float model lose most on integers.
#pragma once

#include "data/samples.hpp"

namespace tinsmith {

struct LayerLoss {
    std::string layer;  // the node's name in the source, as a recipe's rule takes it
    double sqnr = 0;    // dB, of the model's worst output when this layer alone is on integers
};

// Layers with constant weights, the one that loses most first: its weights as int8 of one scale for each channel, its result as int8 over
// the range that it has on the samples, all else in floats. Up to 8 samples, fewer of large models. `samples` are the graph's.
std::vector<LayerLoss> rank_layers(const Graph& graph, const Samples& samples);

}  // namespace tinsmith

// What the outputs of a convolution or a dense layer are products of: rows of its input beside the weights of a channel.
#pragma once

#include "op/window.hpp"

#include <span>

namespace tinsmith {

// A layer whose input can be taken apart into rows: `width` numbers that one output channel's weights are multiplied with, in their order.
// A row of a depthwise convolution holds all channels, cell by cell, channels last, as its weights do.
struct LayerRows {
    int64_t width = 0;
    int64_t channels = 0;  // of the output
    bool apart = false;    // depthwise: channel c reads the row's numbers c, c + channels, ...
    int64_t places = 0;    // rows of one sample

    int64_t weights() const { return apart ? width / channels : width; }  // of one output channel

    // Nothing for other nodes, for weights that are not constant, grouped convolutions and depthwise ones that multiply channels.
    static std::optional<LayerRows> of(const Graph& graph, const Node& node);

    // Row `place` of one sample's input, zeros where the window leaves it. Requires row.size() == width.
    void read(const float* x, int64_t place, std::span<float> row) const;

private:
    Shape x_, y_, weights_;
    std::optional<WindowAttrs> window_;  // of convolutions
};

}  // namespace tinsmith

// What integer layers with windows share: their constants and how their sums become stored integers.
#pragma once

#include "kernel/window.h"
#include "op/integer.hpp"
#include "run/fast_kernel.hpp"
#include "run/integer_isa.hpp"

namespace tinsmith {

// A layer whose x, weights, bias and result are those that the vectorised kernels take: 8 bits, symmetric constant weights.
bool is_plain_integer_layer(const Graph& graph, const Node& node, const ConstantBytes& constant);

// The weights of one output channel, added up.
struct ChannelSum {
    int64_t sum = 0, absolute = 0;
    void add(int8_t weight) {
        sum += weight;
        absolute += weight < 0 ? -weight : weight;
    }
};

// The constants of a Requantisation, and their owner.
class LayerScale {
public:
    // `scale` has each channel's factor.
    LayerScale(const Graph& graph, const Node& node, const ConstantBytes& constant, const std::vector<tin_multiplier>& scale,
               const std::vector<ChannelSum>& weights, int32_t shift);
    Requantisation view() const;
    // No input makes a sum so large that its requantisation would wrap around.
    bool fits() const { return fits_; }

private:
    void set(size_t channel, int32_t start, tin_multiplier scale);

    std::vector<int32_t> start_, factor_, offset_, right_, left_, ties_;
    int32_t zero_ = 0, low_ = 0, high_ = 0;
    Rounding rounding_ = Rounding::whole;
    bool fits_ = true;
};

// The window of a Conv or DepthwiseConv; a FullyConnected is a window of one cell over its rows.
tin_window layer_window(const Graph& graph, const Node& node);

}  // namespace tinsmith

// Means and covariances of the inputs that a layer's weights are multiplied with.
#pragma once

#include "quant/layer_inputs.hpp"

namespace tinsmith {

// Of `width` numbers. Rows of the covariance are `pitch` apart and filled up with zeros, so that whole vectors can be taken.
struct Moments {
    size_t width = 0, pitch = 0;
    std::vector<float> mean, covariance;

    void add_noise(float variance) {
        for (size_t i = 0; i < width; ++i) covariance[i * pitch + i] += variance;
    }
};

// Of whole rows. Requires rows.
Moments moments(const LayerInputs& from);
// Of each channel by itself: its cells are `channels` numbers apart in a row.
std::vector<Moments> channel_moments(const LayerInputs& from, size_t channels);

}  // namespace tinsmith

// The integers of one output channel's weights, chosen together.
#pragma once

#include "quant/moments.hpp"

#include <span>

namespace tinsmith {

// Weights as multiples of a scale, and the mean squared error of the sum of products with them.
struct ChannelSteps {
    std::vector<float> steps;
    float scale = 0;
    double error = 0;
};

class StepChooser {
public:
    // Steps in [-127, 127] of the scale, among a few and not below `least_scale`, whose error is least: each weight's nearest step
    // first, then one after the other moves to where the error is least, until none does.
    ChannelSteps choose(std::span<const float> weights, float least_scale, const Moments& moments);

private:
    std::vector<float> steps_, errors_, gradients_, error_, curvatures_;  // room for the work
};

}  // namespace tinsmith

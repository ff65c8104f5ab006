// Prototypes from labelled features: a drawn bipolar projection, classes bundled, then a few epochs of corrections.
#pragma once

#include "hdc/model.hpp"

namespace tinsmith::hdc {

struct TrainOptions {
    size_t dimensions = 2048;
    uint64_t seed = 0;
    int epochs = 20;
    float step = 0;  // of the stored features: the centre becomes a multiple of it; 0: any number
};

struct Training {
    Model model;
    double bundled_accuracy = 0, accuracy = 0;  // on these samples: before and after the corrections
    int best_epoch = 0;                         // 0: the bundles themselves
};

// One row of features a sample. Throws Fault::input when a class is without samples or there is only one.
Training trained(const std::vector<std::vector<double>>& features, std::span<const int32_t> classes,
                 const TrainOptions& options);

}  // namespace tinsmith::hdc

// C that chains the C of a feature extractor to the classifier: from an image to class and similarity.
#pragma once

#include "backend/hdc/hdc.hpp"

namespace tinsmith::hdc {

// What the feature extractor's generated C is like; its names start with `name`.
struct FeatureCode {
    std::string name;     // "embhd_features"
    std::string input;    // the port that takes the image, where the only one is of int8
    std::string output;   // the port that holds the features
    size_t channels = 1;  // of the image
    std::vector<std::vector<int8_t>>
        pixels;                   // what is stored for 0 to 255, a table for each channel or one for all; empty: not known
    bool turns_channels = false;  // the network takes blue first
    int32_t class_index = 0, similarity = 0;  // what the sample of the extractor's self-test leads to
};

// embhd_pipeline.h and embhd_pipeline.c.
std::vector<CSource> pipeline_sources(const FeatureCode& features, std::string_view origin);

}  // namespace tinsmith::hdc

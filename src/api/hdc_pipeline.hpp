// The C of a feature extractor with a hyperdimensional classifier behind it.
#pragma once

#include "api/hdc_features.hpp"
#include "backend/hdc/pipeline.hpp"

namespace tinsmith {

// embhd_features.c and its headers, embhd_pipeline.c and .h. Adds to the result's notes and states the arena. A feature extractor that
// cannot be written as C gives a note and no files, or the writer's error where options.must_chain.
std::vector<hdc::CSource> pipeline_sources(const HdcOptions& options, const FeatureExtractor& extractor, HdcResult& result);

// What the pipeline has to know of generated C whose names start with `name`. `outputs`: what the sample of its self-test leads to.
hdc::FeatureCode feature_code(std::string name, const FeatureExtractor& extractor, const std::vector<Buffer>& outputs,
                              const hdc::Integer& classifier);
// "features.tflite and hdc.pth", for comments.
std::string hdc_origin(const std::string& model, const std::string& file);

}  // namespace tinsmith

// The C of a feature extractor with a hyperdimensional classifier behind it.
#pragma once

#include "api/hdc_features.hpp"
#include "backend/hdc/hdc.hpp"

namespace tinsmith {

// embhd_features.c and its headers, embhd_pipeline.c and .h. Adds to the result's notes and states the arena. A feature extractor that
// cannot be written as C gives a note and no files, or the writer's error where options.must_chain.
std::vector<hdc::CSource> pipeline_sources(const HdcOptions& options, const FeatureExtractor& extractor, HdcResult& result);

}  // namespace tinsmith

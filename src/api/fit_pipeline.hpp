// fit of a feature extractor with a hyperdimensional classifier behind it.
#pragma once

#include "api/fit.hpp"

namespace tinsmith {

// Adds what the classifier takes to the feature extractor's lines, and lines of both together: latency by stage, size ratio, accuracy
// kept. Throws Fault::input when they do not belong together.
void add_classifier(const FitOptions& options, FitResult& result);

}  // namespace tinsmith

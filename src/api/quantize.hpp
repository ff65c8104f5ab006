// From a float graph that is legal for the target to one that computes on integers: ranges, plan, apply.
#pragma once

#include "data/samples.hpp"
#include "quant/calibrate.hpp"
#include "quant/plan.hpp"

namespace tinsmith {

struct QuantizeOptions {
    Recipe recipe;
    CalibrationOptions calibration;
    std::string ranges;                                      // a file of ranges, instead of samples
    std::string save_ranges;                                 // where to write the ranges that were seen
    bool refine = true;                                      // choose weights and biases by what they do to samples
    std::function<void(const std::string& text)> show_plan;  // receives the plan before it is performed
};

struct Quantized {
    Graph graph;
    std::string ranges_digest;       // SHA-256 of the ranges
    std::vector<std::string> notes;  // what the user should know
};

// Throws Fault::input when there is neither data nor a file of ranges, saying which option to add.
Quantized quantize(Graph graph, const DataOptions& data, const QuantizeOptions& options);

}  // namespace tinsmith

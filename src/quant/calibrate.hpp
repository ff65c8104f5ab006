// Calibration: runs samples through a float graph and watches every tensor, in one pass and in constant memory.
#pragma once

#include "base/progress.hpp"
#include "data/samples.hpp"
#include "quant/observer.hpp"
#include "quant/ranges.hpp"

namespace tinsmith {

struct CalibrationOptions {
    Observer observer = Observer::automatic;
    double percentile = 99.99;  // of the numbers, that Observer::percentile keeps
    int threads = 1;            // the result does not depend on it
    bool random = false;        // the samples are noise: the ranges say so
    Progress progress;
};

struct Calibration {
    Ranges ranges;
    std::vector<std::string> notes;  // what looks wrong: tensors that never change, activations that never leave zero
};

// Ranges of the graph's float inputs and of every float that a node computes. Values inside the graphs of While and If are not
// observed. Throws Fault::input naming the tensor when it holds a NaN or an infinity.
Calibration calibrate(const Graph& graph, const Samples& samples, const CalibrationOptions& options);

}  // namespace tinsmith

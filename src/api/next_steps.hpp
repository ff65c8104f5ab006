// What to do about a model that did not pass: each step with the evidence for it, the best supported first.
#pragma once

#include "data/samples.hpp"
#include "report/validation.hpp"

namespace tinsmith {

struct NextStep {
    std::string kind;  // "normalization", "calibration", "classes", "samples", "layers", "float16", "qat"
    std::string text;
    double weight = 0;  // how much the evidence says, 0..1
};

struct Case {
    const Graph* source = nullptr;  // null: there is none
    const Graph* result = nullptr;
    const Runner* source_runner = nullptr;
    const Runner* result_runner = nullptr;
    const Samples* samples = nullptr;
    const Validation* figures = nullptr;
    const std::vector<std::string>* class_names = nullptr;
    double threshold = 0.95;
};

std::vector<NextStep> next_steps(const Case& found);

// Share of a quantised tensor's values at an end of its range that its operator does not bring about itself.
struct Clipping {
    std::string tensor;
    double share = 0;
};
// Of every quantised activation and input over the first samples, the largest first; those above 0.1 %.
std::vector<Clipping> clipping(const Graph& source, const Graph& result, const Samples& samples, const Pairing& pairing);

// Another usual normalisation of the inputs under which the models fare better.
struct Trial {
    std::string name;  // "x / 255"
    double score = 0;  // accuracy where there are labels, else agreement
};
// Tries the usual ones on the first samples; the first entry is the data as it is, then the best other. Empty when the inputs are not
// floats.
std::vector<Trial> try_normalizations(const Case& found);

}  // namespace tinsmith

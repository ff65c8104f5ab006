// validate: may a converted model take its source's place? Against labels, against the source, and what to do when not.
#pragma once

#include "api/next_steps.hpp"
#include "api/runtime.hpp"
#include "base/progress.hpp"
#include "frontend/frontend.hpp"

namespace tinsmith {

struct ValidateOptions {
    std::string model;
    std::string reference;  // the source; empty: only labels judge
    ReadOptions read;       // of the reference, or of the model where there is none
    DataOptions data;
    RuntimeOptions runtime;
    int threads = 1;
    int k = 5;                       // of top-k accuracy
    double threshold = 0.95;         // share on which both decide the same; without a reference: accuracy
    std::optional<double> max_drop;  // of accuracy (AUC) against labels: judges instead of agreement
    Progress progress;
};

struct ValidateResult {
    Validation figures;
    std::vector<std::string> class_names;  // empty: numbers only
    std::vector<std::string> disagreeing;  // where the samples of figures.disagreements lie
    bool passed = false;
    std::string rule;                  // what was asked for, and what was found
    std::vector<NextStep> next_steps;  // when it did not pass: the best supported first
    std::vector<std::string> notes;
};

// Throws Error.
ValidateResult validate_model(const ValidateOptions& options);

}  // namespace tinsmith

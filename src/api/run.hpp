// run: a model on samples, its outputs as arrays.
#pragma once

#include "api/runtime.hpp"
#include "base/progress.hpp"
#include "data/samples.hpp"
#include "frontend/frontend.hpp"

namespace tinsmith {

struct RunOptions {
    std::string model;
    ReadOptions read;
    DataOptions data;
    RuntimeOptions runtime;
    int threads = 1;
    Progress progress;
};

struct RunResult {
    std::vector<std::pair<std::string, Array>> outputs;  // by name; samples along the first extent
    size_t samples = 0;
    std::vector<std::string> notes;
};

// Throws Error. Results do not depend on the number of threads.
RunResult run_model(const RunOptions& options);

}  // namespace tinsmith

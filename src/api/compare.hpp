// compare: two models, or a model and stored outputs, on the same samples.
#pragma once

#include "api/runtime.hpp"
#include "base/progress.hpp"
#include "frontend/frontend.hpp"
#include "report/proof.hpp"

namespace tinsmith {

struct CompareOptions {
    std::string source, result;  // result: empty with `expected`
    std::string expected;        // .npz (or .npy for one output) that the original framework computed
    ReadOptions read;            // of the source
    DataOptions data;
    RuntimeOptions runtime;  // of the result (with `expected`: of the source)
    int threads = 1;
    Progress progress;
};

struct Comparison {
    Agreement agreement;
    std::vector<std::string> notes;
};

// Throws Error.
Comparison compare_models(const CompareOptions& options);

}  // namespace tinsmith

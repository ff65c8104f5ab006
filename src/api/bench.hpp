// bench: how long a model takes, here and in LiteRT.
#pragma once

#include "api/runtime.hpp"
#include "base/progress.hpp"
#include "data/samples.hpp"
#include "frontend/frontend.hpp"
#include "report/timing.hpp"

namespace tinsmith {

struct BenchOptions {
    std::string model;
    ReadOptions read;
    DataOptions data;
    std::optional<Runtime> runtime;  // unset: both, LiteRT where it is found
    LitertOptions litert;
    int warmup = 10, runs = 100;
    int threads = 1;  // LiteRT: of one inference; batches: samples side by side
    int batch = 16;   // samples handed over at once; 0: no batches
    Progress progress;
};

struct BenchResult {
    Runtime runtime = Runtime::tinsmith;
    std::string version;  // of LiteRT, and where it lies
    Timing single;
    std::optional<Timing> batched;
};

struct Bench {
    std::vector<BenchResult> results;
    std::vector<std::string> notes;
};

// Throws Error.
Bench bench_model(const BenchOptions& options);

// The times of `runs` single inferences after `warmup` unmeasured ones, over the samples in turn.
Timing time_single(const Runner& runner, const std::vector<std::vector<Buffer>>& samples, int warmup, int runs);

std::string_view runtime_name(Runtime runtime);  // "tinsmith", "litert"

}  // namespace tinsmith

// The proof: two models computed on the same samples, and how far their outputs are apart.
#pragma once

#include "data/samples.hpp"
#include "report/agreement.hpp"
#include "run/runner.hpp"

#include <functional>

namespace tinsmith {

// What a conversion may change.
struct Tolerance {
    double relative;  // largest difference over largest value, at most
    double sqnr;      // dB, at least
    bool holds(const Agreement& agreement) const;
    bool holds(const OutputAgreement& output) const;
};
extern const Tolerance float32_tolerance, float16_tolerance, dynamic_range_tolerance, integer_tolerance;

struct ProofOptions {
    int threads = 1;
    std::function<void(size_t done, size_t all)> progress;  // may be empty
};

// Runs both on every sample (given in the source's layout and types) and compares the outputs in the source's layout.
// Throws Fault::input when the interfaces do not match.
Agreement prove(const Graph& source, const Graph& result, const Samples& samples, const ProofOptions& options = {});

// The same for models that run elsewhere. Each is shared by options.threads threads.
Agreement prove(const Runner& source, const Runner& result, const Samples& samples, const ProofOptions& options = {});

// Outputs that were stored before (--expected), by name in the source's layout, instead of a source that is run: one leading
// extent counts samples where there are several.
Agreement prove_expected(const Npz& expected, const Runner& result, const Samples& samples, const ProofOptions& options = {});

// A graph at some stage of its conversion.
struct Stage {
    std::string name;
    Graph graph;
};

// The first tensor of a stage that is beyond tolerance.
struct StageFinding {
    std::string stage;
    std::string tensor;     // empty: all tensors that were compared are within tolerance
    size_t compared = 0;    // tensors with a counterpart of the same name in the source
    OutputAgreement worst;  // of that tensor, or the worst of all
};

// Compares every named tensor of each stage with the source's tensor of that name, on the first sample.
std::vector<StageFinding> compare_stages(const Graph& source, std::span<const Stage> stages, const Samples& samples,
                                         const Tolerance& tolerance);

}  // namespace tinsmith

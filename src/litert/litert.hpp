// A .tflite file computed by LiteRT, as applications compute it.
#pragma once

#include "run/runner.hpp"

namespace tinsmith {

struct LitertOptions {
    std::string library;  // --litert: libLiteRt.so or where to find it; empty: $TINSMITH_LITERT, then the usual places
    std::string delegate =
        "xnnpack";    // or "none" (LiteRT's own kernels), "reference" (the ones that define what is right), FILE.so
    int threads = 1;  // of one inference
};

// `interface`: the inputs and outputs of the file as they were read. Throws Fault::input when there is no LiteRT, or it refuses
// the model.
std::unique_ptr<Runner> litert_runner(const std::string& model, const Graph& interface, const LitertOptions& options);

// "2.3.0 (/path/libLiteRt.so)". Throws Fault::input when there is none.
std::string litert_description(const LitertOptions& options);

}  // namespace tinsmith

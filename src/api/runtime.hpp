// Where a model is run: on tinsmith's own executor, or in LiteRT.
#pragma once

#include "frontend/read_options.hpp"
#include "litert/litert.hpp"

namespace tinsmith {

enum class Runtime { tinsmith, litert };

struct RuntimeOptions {
    Runtime runtime = Runtime::tinsmith;
    LitertOptions litert;
    bool plain = false;  // tinsmith's C99 kernels alone
};

// Throws Fault::input where the two cannot be had together.
void check_runtime(const RuntimeOptions& options, const ReadOptions& read);

// Whether LiteRT can run the file: it is a .tflite file.
bool runs_in_litert(const std::string& model);

// `graph`: the model as it was read from the file `model`. With Runtime::litert a .tflite file runs there; throws Fault::input for
// another.
std::unique_ptr<Runner> make_runner(const std::string& model, Graph graph, const RuntimeOptions& options, size_t runs);

}  // namespace tinsmith

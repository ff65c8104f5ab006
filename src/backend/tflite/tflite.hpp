// The TFLite backend: makes a graph legal for TFLite's built-in operators, and writes it as the bytes of a .tflite file.
#pragma once

#include "base/file.hpp"
#include "pass/pass.hpp"

namespace tinsmith {

enum class Method : uint8_t {
    float32,
    float16,        // weights stored as float16, computed as float32
    dynamic_range,  // weights stored as int8; kernels that quantise activations while they run
    int8,           // activations and weights int8
    int16x8,        // activations int16, weights int8
};

struct TfliteOptions {
    Method method = Method::float32;
    bool quantize_depthwise = false;  // dynamic range: depthwise filters too (small, and slow on many CPUs)
    bool micro = false;               // for TFLite Micro alone: smaller, and LiteRT refuses it or runs it slowly
};

// The rewrites that make a graph legal for TFLite, in order.
std::span<const Pass> tflite_passes();

// Makes the graph legal for TFLite, then stores its weights as the method says. Returns what the user should know: which
// weights stayed float, and why. Throws Fault::unsupported that lists every node which TFLite cannot express, each with a
// way out; and when the method is dynamic_range and nothing could be quantised.
std::vector<std::string> prepare_for_tflite(Graph& graph, const TfliteOptions& options, const PassOptions& passes = {},
                                            const AfterPass& after = {});

// Writes a prepared graph. The same graph gives the same bytes. Payloads are streamed from where they are.
void write_tflite(const Graph& graph, const TfliteOptions& options, ByteSink& sink);

}  // namespace tinsmith

// convert: from a model file to TFLite files, each proven against the source before it takes its name.
#pragma once

#include "api/checkpoint_module.hpp"
#include "api/quantize.hpp"
#include "backend/tflite/tflite.hpp"
#include "base/progress.hpp"
#include "frontend/frontend.hpp"
#include "pass/pass.hpp"
#include "report/proof.hpp"
#include "report/timing.hpp"

namespace tinsmith {

enum class Verify { off, ends, steps };

struct ConvertOptions {
    std::string model;
    std::string output;           // a file (ends in a model's suffix), a folder, or empty: the source's folder
    std::vector<Method> methods;  // empty: float32 when `output` is a file, otherwise all (int8 where there is data)
    bool all = false;             // a method that cannot exist is a line in the table, not an error
    ReadOptions read;
    CheckpointModule module;  // the class of `model` where that is a checkpoint
    PassOptions passes;
    bool quantize_depthwise = false;
    QuantizeOptions quantize;  // of the integer methods
    Verify verify = Verify::ends;
    DataOptions data;                                   // the samples of the proof: by default one, random
    bool fold_normalize = false;                        // the result takes raw pixels
    int threads = 1;                                    // samples of the proof side by side
    bool force = false;                                 // a file with a different result may be replaced
    std::vector<std::string> dump_after;                // pass names, or "all"
    std::function<void(const std::string& text)> dump;  // receives the graph's text form
    Progress progress;
};

// One file that was written, or why there is none.
struct Variant {
    Method method = Method::float32;
    std::string path;
    std::string refusal;  // not empty: this variant does not exist, and why
    uint64_t bytes = 0;
    std::vector<std::pair<std::string, int>> operators;  // name and count, most frequent first
    std::vector<std::string> notes;                      // what stayed float, and why
    std::optional<Agreement> agreement;
    std::optional<Timing> latency;    // of single inferences here, when all variants are compared
    std::string ranges_digest;        // SHA-256 of the ranges that integers were chosen by
    std::vector<StageFinding> steps;  // of Verify::steps, in the order of the passes
    std::vector<Port> inputs, outputs;
    double seconds = 0;
};

struct SourceFile {
    std::string path;
    uint64_t bytes = 0;
    std::string sha256;
};

struct Conversion {
    std::string format;               // of the source
    std::vector<SourceFile> sources;  // the model first, then the weights beside it
    uint64_t source_bytes = 0;        // of all of them
    int64_t parameters = 0;           // of the source
    std::string labels;               // the file of class names that was written; empty: they are not known
    std::vector<std::string> notes;
    std::vector<Variant> variants;
};

// By which a graph is quantised already: int8 or int16x8; none: it computes on floats.
std::optional<Method> own_method(const Graph& graph);
std::string_view method_name(Method method);  // "float32", "float16", "dynamic_range", "int8", "int16x8"

// Throws Error; a variant that was not asked for by name and cannot exist is a refusal instead.
Conversion convert(const ConvertOptions& options);

}  // namespace tinsmith

// hdc: a hyperdimensional classifier for a device: quantised, measured on data, written as C.
#pragma once

#include "backend/hdc/hdc.hpp"
#include "base/progress.hpp"
#include "data/samples.hpp"
#include "frontend/read_options.hpp"
#include "hdc/integer.hpp"
#include "hdc/train.hpp"

#include <functional>

namespace tinsmith {

class FeatureExtractor;
struct HdcResult;

// Writes the C that goes from an image to a class, and says in the result what that takes.
using HdcChain = std::function<std::vector<hdc::CSource>(const FeatureExtractor&, HdcResult&)>;

struct HdcOptions {
    std::string file;  // projection and prototypes; empty: train
    std::string projection_key = "projection_matrix", prototypes_key = "prototypes";
    std::string output;     // a folder
    std::string model;      // the feature extractor, int8; empty: unknown
    std::string reference;  // the float model that it was made from
    ReadOptions read;       // of the reference
    DataOptions data;
    hdc::IntegerOptions integer;    // its features come from `model`
    std::optional<int> zero_point;  // of the features, where no model says it
    hdc::TrainOptions train;
    int threads = 1;
    bool headers_only = false;  // --format header: the two headers of constants
    bool must_chain = false;    // --format c, stated: a feature extractor that cannot be written as C is an error, not a note
    size_t max_ram = 0;         // the limit of the feature extractor's arena; 0: none
    HdcChain chain;             // empty: C of the feature extractor is generated beside it
    bool force = false;
    Progress progress;
};

struct HdcComponent {
    std::string name;
    uint64_t original = 0, optimized = 0;  // bytes
    std::string stored;                    // "int8", "1 bit", "from its seed"
};

// What a stage decides before and after it was put on integers; accuracies only with labels.
struct HdcStage {
    std::string name;
    size_t samples = 0, agreed = 0, original_right = 0, quantized_right = 0;
};

struct HdcResult {
    hdc::Integer classifier;
    std::optional<hdc::Training> training;
    std::vector<HdcComponent> components;
    std::vector<HdcStage> stages;  // empty without data
    bool labelled = false;
    std::vector<int32_t> predictions;  // end to end, a sample each
    std::vector<std::string> class_names;
    std::optional<size_t> arena_bytes;  // of the feature extractor's C, where it was written
    std::vector<std::string> files;     // that were written
    std::vector<std::string> notes;
};

// The same without a file written or C made: sizes, and what data tell of each stage.
HdcResult study_hdc(const HdcOptions& options);
// Throws Error.
HdcResult build_hdc(const HdcOptions& options);

}  // namespace tinsmith

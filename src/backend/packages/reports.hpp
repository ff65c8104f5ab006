// What a bundle says about itself: sizes, metadata, how to build it.
#pragma once

#include "backend/packages/memory_layout.hpp"
#include "backend/packages/ports.hpp"

#include <nlohmann/json_fwd.hpp>

namespace tinsmith::packages {

struct SizeLine {
    std::string component;
    uint64_t original = 0, optimized = 0;  // bytes
};
// Components, original and optimised sizes, ratios, and their sum, in Markdown.
std::string size_table(const std::vector<SizeLine>& lines);

struct BundleAbout {
    std::string name, version, made_by, format, package;  // format: "c" or "tflm"
    std::string method;
    size_t arena_bytes = 0;
    uint64_t feature_dimension = 0, hd_dimension = 0, num_classes = 0;  // hd_dimension: 0 without such a classifier
    std::vector<std::string> classes;
    std::string run;       // "tflite_run_kws"
    std::string classify;  // from an image to a class of the hyperdimensional classifier: "embhd_classify_pixels"; empty: none
    bool has_hdc = false, arena_in_psram = false;
};

// model_metadata.json: tflite_model_size, tensor_arena_size, feature_dimension, hd_dimension, num_classes; then what else a program may want
// to know. `data`: how inputs are prepared, as `convert` records it.
nlohmann::ordered_json metadata(const BundleAbout& about, const std::vector<PackageModel>& models, const MemoryLayout& layout,
                                const Target& target, const std::vector<nlohmann::ordered_json>& data);

// README.md: what the files are, and how the board's toolchain takes them.
std::string readme(const BundleAbout& about, const std::vector<PackageModel>& models, const Target& target,
                   const std::string& sizes, const std::vector<std::string>& files);

}  // namespace tinsmith::packages

// Frontends: from the bytes of one format to a graph.
#pragma once

#include "frontend/read_options.hpp"

#include <span>

namespace tinsmith {

struct Frontend {
    std::string_view name;                                                    // "onnx", "tflite"
    std::vector<std::string_view> suffixes;                                   // ".onnx"
    bool (*sniff)(std::span<const std::byte> head);                           // looks at the first 4 KB
    ReadResult (*read)(const std::string& path, const ReadOptions& options);  // throws Error with the path as context
};

std::span<const Frontend> all_frontends();

// Reads `path` with the frontend that recognises its content (suffix as the second witness). Throws Fault::input naming the
// formats that are read when none does.
ReadResult read_model(const std::string& path, const ReadOptions& options = {});

}  // namespace tinsmith

// Passes: free functions from graph to graph, one per file, listed in pipeline.cpp.
#pragma once

#include "ir/rewrite.hpp"

#include <string>
#include <vector>

namespace tinsmith {

// Choices that passes take from the command line.
struct PassOptions {
    bool keep_channels_first = false;                          // --keep-nchw
    std::vector<std::pair<std::string, std::string>> layouts;  // port name -> "nhwc" | "nchw"
    bool widen_stride2 = false;                                // --widen-stride2: 3x3 stride 2 pad 1 as 4x4 SAME
};

struct Pass {
    std::string_view name;  // file = function = name on the command line
    std::string_view why;
    int (*run)(Graph&, const PassOptions&);  // returns how many places changed
    bool integers = false;  // keeps what quantised nodes compute; else it does not run on a graph with such nodes
};

// Called after each pass with the graph, when it changed something.
using AfterPass = std::function<void(const Pass&, int changed, const Graph&)>;

// Runs the passes in order, on a graph with quantised nodes only those that keep them exact (sub-graphs of control flow too). After each that changed something, what it left dead is removed and the
// graph is verified.
void run_passes(Graph& graph, std::span<const Pass> passes, const PassOptions& options, const AfterPass& after = {});

// The passes in pipeline.cpp: the canonical form, then what makes the graph small and fast.
std::span<const Pass> canonical_passes();
std::span<const Pass> optimizing_passes();

// By name, from either list; null when there is none.
const Pass* find_pass(std::string_view name);

}  // namespace tinsmith

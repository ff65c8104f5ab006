// --inputs and --outputs, applied before anything is converted: what is cut away need not be convertible.
#pragma once

#include "format/onnx/model.hpp"
#include "frontend/read_options.hpp"

namespace tinsmith {

struct Renames {
    bool done = false;  // the cut was made here; otherwise it is left to extract(), which sees the names inside functions too
    std::map<std::string, std::string> names;  // source -> new
    const std::string& of(const std::string& source) const {
        auto found = names.find(source);
        return found == names.end() ? source : found->second;
    }
};

// Leaves the graph as it is unless all names are found in it and every new input has a declared type.
Renames cut_graph(onnx::Graph& graph, const ReadOptions& options);

}  // namespace tinsmith

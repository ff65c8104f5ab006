// The text form of a graph: for dumps, golden tests and bug reports. parse(print(g)) is g up to names of dead values.
#pragma once

#include "ir/op_def.hpp"

#include <string>
#include <string_view>

namespace tinsmith {

struct PrintOptions {
    int64_t max_constant = 16;  // constants with more elements are elided as `{...}`, which parses back as zeros
};

std::string print(const Graph& graph, const PrintOptions& options = {});
std::string print(const Graph& graph, const Node& node);

using OpLookup = const OpDef* (*)(std::string_view name);

// Throws Fault::input with the line number and what was expected there.
Graph parse_graph(std::string_view text, OpLookup find_op);

}  // namespace tinsmith

// What tests of samples share: graphs of inputs only, floats of a buffer.
#pragma once

#include "ir/graph.hpp"
#include "message_of.hpp"
#include "temporary.hpp"

#include <gtest/gtest.h>

namespace tinsmith {

inline std::string image_path(const std::string& name) { return TINSMITH_SOURCE_DIR "/test/data/images/" + name; }

inline Graph graph_with(const std::vector<std::pair<std::string, Type>>& inputs) {
    Graph g;
    for (const auto& [name, type] : inputs) g.inputs.push_back({name, g.add_value(name, type), ""});
    return g;
}

inline std::vector<float> as_floats(const Buffer& buffer) {
    std::vector<float> out(buffer.size() / 4);
    std::memcpy(out.data(), buffer.bytes().data(), buffer.size());
    return out;
}

}  // namespace tinsmith

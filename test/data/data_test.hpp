// What tests of samples share: graphs of inputs only, floats of a buffer, the message of an error.
#pragma once

#include "base/error.hpp"
#include "ir/graph.hpp"
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

template <class Body>
std::string message_of(Body body) {
    try {
        body();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input) << e.what();
        return e.what();
    }
    return "no error";
}

}  // namespace tinsmith

// A folder of a test's own, and the message of an error.
#pragma once

#include "base/error.hpp"
#include "ir/graph.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace tinsmith {

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "tinsmith_data_XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::string path(const std::string& name) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        return (path_ / name).string();
    }
    std::string write(const std::string& name, std::string_view content) const {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }
    std::string root() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

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

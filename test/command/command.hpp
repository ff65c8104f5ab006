// The command run as a user would, in a folder of its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace tinsmith::testing_command {

namespace fs = std::filesystem;

struct Outcome {
    int code = -1;
    std::string text;  // both streams
};

class Command : public testing::Test {
protected:
    void SetUp() override {
        folder_ = fs::temp_directory_path() / ("tinsmith_command_" + std::to_string(::getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    static Outcome tinsmith(const std::string& arguments) {
        std::string line = std::string(TINSMITH_COMMAND) + " " + arguments + " 2>&1";
        FILE* pipe = ::popen(line.c_str(), "r");
        Outcome out;
        std::array<char, 4096> part{};
        for (size_t n; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;) out.text.append(part.data(), n);
        int status = ::pclose(pipe);
        out.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return out;
    }
    std::string path(const std::string& name) const { return folder_ / name; }
    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream(path(name), std::ios::binary) << content;
        return path(name);
    }
    std::string read(const std::string& name) const {
        std::ifstream in(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static std::string digits() { return std::string(TINSMITH_SOURCE_DIR) + "/examples/digits/digits.onnx"; }
    static std::string digits_data() {
        return " --data " + std::string(TINSMITH_SOURCE_DIR) + "/examples/digits/digits_test.npz";
    }
    static std::string digits_labels() {
        return " --labels-data " + std::string(TINSMITH_SOURCE_DIR) + "/examples/digits/digits_labels.npy";
    }
    fs::path folder_;
};

inline void expect_says(const Outcome& outcome, int code, const std::vector<std::string>& words) {
    EXPECT_EQ(outcome.code, code) << outcome.text;
    for (const std::string& word : words)
        EXPECT_NE(outcome.text.find(word), std::string::npos) << "no '" << word << "' in: " << outcome.text;
}

}  // namespace tinsmith::testing_command

// Runs test/pass/*.txt: each file is a graph, a line "// run: pass, pass", and the graph that comes out. Several such cases may
// follow one another. What the graph computes is compared too. With TINSMITH_GOLDEN=write the files are written anew.
#include "interpret.hpp"

#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "pass/pass.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tinsmith {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
}

// Values numbered in the order in which the text defines them.
std::string canonical_text(const Graph& graph) {
    PrintOptions all{.max_constant = 1 << 20};
    return print(parse_graph(print(graph, all), find_op), all);
}

struct Case {
    std::string before, passes, after;  // `before` with the comments above it
};

std::vector<Case> split_cases(const std::string& text) {
    std::vector<Case> cases;
    std::istringstream lines(text);
    std::string line;
    int graphs = 0;
    while (std::getline(lines, line)) {
        bool no_result_yet = graphs == 1 && !cases.back().passes.empty() && line.starts_with("//");
        if (cases.empty() || no_result_yet || (graphs == 2 && !line.empty())) cases.emplace_back(), graphs = 0;
        Case& last = cases.back();
        if (line.starts_with("// run: "))
            last.passes = line.substr(8);
        else
            (last.passes.empty() ? last.before : last.after) += line + "\n";
        if (line == "}") ++graphs;
    }
    return cases;
}

std::vector<Pass> passes_named(const std::string& names, PassOptions& options) {
    std::vector<Pass> out;
    std::istringstream list(names);
    for (std::string name; std::getline(list >> std::ws, name, ',');) {
        if (name == "canonical")
            out.insert(out.end(), canonical_passes().begin(), canonical_passes().end());
        else if (name == "optimizing")
            out.insert(out.end(), optimizing_passes().begin(), optimizing_passes().end());
        else if (name == "keep_channels_first")
            options.keep_channels_first = true;
        else if (auto layout = name.find('='); layout != std::string::npos)
            options.layouts.emplace_back(name.substr(0, layout), name.substr(layout + 1));
        else if (name != "nothing") {
            const Pass* pass = find_pass(name);
            check(pass != nullptr, "there is no pass '{}'", name);
            out.push_back(*pass);
        }
    }
    return out;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, comes_out_as_written) {
    fs::path path = fs::path(TINSMITH_SOURCE_DIR) / "test/pass" / (GetParam() + ".txt");
    bool write = std::getenv("TINSMITH_GOLDEN") != nullptr;
    std::string written;
    for (const Case& c : split_cases(read_text(path))) {
        SCOPED_TRACE(c.before);
        ASSERT_FALSE(c.passes.empty()) << "no line '// run: '";
        Graph source = parse_graph(c.before, find_op), result = source;
        verify(source);
        PassOptions options;
        options.widen_stride2 = true;
        run_passes(result, passes_named(c.passes, options), options);
        std::string text = canonical_text(result);
        written += (written.empty() ? "" : "\n") + c.before + "// run: " + c.passes + "\n" + text;
        auto inputs = test::random_inputs(source, 7);
        EXPECT_LT(test::difference(test::interpret(source, source, inputs), test::interpret(result, source, inputs)), 1e-5);
        if (write) continue;
        ASSERT_FALSE(c.after.empty()) << "no expected graph; it is\n" << text;
        EXPECT_EQ(text, canonical_text(parse_graph(c.after, find_op)));
    }
    if (write) std::ofstream(path) << written;
}

std::vector<std::string> golden_files() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(fs::path(TINSMITH_SOURCE_DIR) / "test/pass"))
        if (entry.path().extension() == ".txt") names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

INSTANTIATE_TEST_SUITE_P(Pass, Golden, testing::ValuesIn(golden_files()), [](const auto& name) { return name.param; });

}  // namespace
}  // namespace tinsmith

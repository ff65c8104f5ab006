// Ranges in a file: the round trip, names, and texts that lie.
#include "quant/ranges.hpp"

#include "op/list.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tinsmith {
namespace {

// x -> swish -> swish, with names that need care.
Graph graph(const std::vector<std::string>& names) {
    Graph g;
    for (const std::string& name : names) g.add_value(name, {DType::f32, {4}, {}});
    for (ValueId id = 0; id + 1 < names.size(); ++id) g.nodes.push_back({&op::HardSwish, {id}, {id + 1}, {}, ""});
    g.inputs.push_back({"x", 0, ""});
    g.outputs.push_back({"y", static_cast<ValueId>(names.size() - 1), ""});
    return g;
}

Ranges some(size_t count) {
    Ranges ranges{{}, 7, "minmax", true};
    for (size_t i = 0; i < count; ++i) {
        const float x = 0.1f * static_cast<float>(i + 1);
        ranges.tensors.push_back(Observation{{-x, x / 3}, {-2 * x, 1e-30f}, 0.25, 28, {}});
    }
    ranges.tensors[1]->state = Range{-3e38f, 1.0f / 3};
    return ranges;
}

TEST(Ranges, names_are_unique) {
    const Graph g = graph({"a", "a", "", "a#2", "a", "", "b"});
    EXPECT_EQ(unique_names(g), (std::vector<std::string>{"a", "a#2", "value", "a#2#2", "a#3", "value#2", "b"}));
}

TEST(Ranges, text_and_back) {
    const Graph g = graph({"a", "a", "", "no utf-8: \xff\xc0", "é\"\\\n"});
    const Ranges ranges = some(5);
    const std::string text = to_json(g, ranges);
    const RangesFile back = ranges_of(g, text);
    EXPECT_EQ(back.ranges, ranges);
    EXPECT_TRUE(back.notes.empty());
    EXPECT_EQ(to_json(g, back.ranges), text);
    EXPECT_NE(text.find("[\n    -0.2,"), std::string::npos) << "floats with no more digits than they need: " << text;
    EXPECT_EQ(digest(g, ranges).size(), 64u);
    Ranges other = ranges;
    other.tensors[0]->range.max += 1;
    EXPECT_NE(digest(g, other), digest(g, ranges));
}

TEST(Ranges, a_file_by_hand_needs_only_bounds) {
    const Graph g = graph({"x", "y"});
    const RangesFile file = ranges_of(g, R"({"tensors": {"y": {"range": [-1, 2]}, "z": {"range": [0, 1]}}})");
    ASSERT_NE(file.ranges.of(1), nullptr);
    EXPECT_EQ(file.ranges.of(0), nullptr);
    EXPECT_EQ(file.ranges.of(1)->range, (Range{-1, 2}));
    EXPECT_EQ(file.ranges.of(1)->seen, (Range{-1, 2}));
    EXPECT_EQ(file.notes, (std::vector<std::string>{"the model has no float tensor 'z'"}));
}

std::string error_of(const std::string& text) {
    try {
        ranges_of(graph({"x", "y"}), text);
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        return e.what();
    }
    return "";
}

TEST(Ranges, lies_are_named) {
    EXPECT_TRUE(error_of("{").starts_with("this is not JSON: parse error at line 1, column 2: "));
    EXPECT_EQ(error_of("[]"), "it is no JSON object");
    EXPECT_EQ(error_of("{}"), "it has no \"tensors\"");
    EXPECT_EQ(error_of(R"({"tensors": []})"), "\"tensors\" is []");
    EXPECT_EQ(error_of(R"({"tensors": {}})"), "none of its 0 tensors is one of this model: it belongs to another");
    EXPECT_EQ(error_of(R"({"tensors": {"z": {"range": [0, 1]}}})"),
              "none of its 1 tensors is one of this model: it belongs to another");
    const auto of_x = [](const std::string& entry) { return error_of(R"({"tensors": {"x": )" + entry + "}}"); };
    EXPECT_EQ(of_x("3"), "tensor 'x': it has no \"range\": [min, max]");
    EXPECT_EQ(of_x(R"({"range": [1, 0]})"), "tensor 'x': the minimum 1 is above the maximum 0");
    EXPECT_EQ(of_x(R"({"range": [1]})"), "tensor 'x': [1] is not a pair [min, max]");
    EXPECT_EQ(of_x(R"({"range": ["a", 0]})"), "tensor 'x': \"a\" is no number");
    EXPECT_EQ(of_x(R"({"range": [0, 1e300]})"), "tensor 'x': 1e+300 is no finite float");
    EXPECT_EQ(of_x(R"({"range": [0, 1], "count": -1})"), "tensor 'x': \"count\" is -1");
    EXPECT_EQ(of_x(R"({"range": [0, 1], "count": 18446744073709551615})"), "tensor 'x': \"count\" is 18446744073709551615");
    EXPECT_EQ(of_x(R"({"range": [0, 1], "outside": "x"})"), "tensor 'x': \"outside\" is \"x\"");
    EXPECT_EQ(error_of(R"({"samples": 1.5, "tensors": {}})"), "\"samples\" is 1.5");
}

TEST(Ranges, damaged_texts_are_errors_or_ranges) {
    const Graph g = graph({"x", "y", "z"});
    const std::string text = to_json(g, some(3));
    std::mt19937 random(5);
    for (int round = 0; round < 3000; ++round) {
        std::string damaged = text.substr(0, round % 3 == 0 ? random() % text.size() : text.size());
        for (size_t flips = random() % 4; flips > 0 && !damaged.empty(); --flips)
            damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
        try {
            const RangesFile file = ranges_of(g, damaged);
            for (const auto& o : file.ranges.tensors) EXPECT_TRUE(!o || o->range.min <= o->range.max);
        } catch (const Error& e) {
            EXPECT_EQ(e.fault, Fault::input) << e.what();
        }
    }
    const std::string deep(100000, '[');
    EXPECT_NE(error_of(deep), "");
    EXPECT_NE(error_of(deep + std::string(100000, ']')), "");
}

}  // namespace
}  // namespace tinsmith

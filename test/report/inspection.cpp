// Figures of a small graph, and their JSON.
#include "report/inspection.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tinsmith {
namespace {

Graph small() {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 8}, {}});
    g.inputs.push_back({"x", x, ""});
    const ValueId w = b.constant({DType::f32, {4, 8}, {}}, Buffer::of(std::vector<float>(32, 1.0f)), "w\xff");
    const ValueId y = b.add(op::FullyConnected, {x, w}, {}, "y");
    const ValueId z = b.add(op::Relu, {y}, {}, "z");
    g.outputs.push_back({"z", b.add(op::Relu, {z}), "a note"});
    b.constant({DType::f32, {100}, {}}, Buffer::of(std::vector<float>(100)), "dead");
    return g;
}

TEST(Inspection, counts_what_is_used) {
    const Inspection i = inspect(small());
    EXPECT_EQ(i.nodes, 3);
    EXPECT_EQ(i.operators[0].name, "Relu");
    EXPECT_EQ(i.operators[0].count, 2);
    EXPECT_EQ(i.parameters, 32);
    EXPECT_EQ(i.constant_bytes, 128u);
    EXPECT_EQ(i.macs, 32);
    EXPECT_EQ(i.peak_activation_bytes, 48u);
    EXPECT_EQ(i.arena_bytes, 48u);
    EXPECT_EQ(i.tensors[0].bytes, 128u);
    EXPECT_EQ(i.tensors.size(), 5u);
}

TEST(Inspection, json_has_the_documented_keys) {
    Graph g = small();
    g.values[0].type.quant = Quant{{0.5f}, {3}, -1};
    const auto json = nlohmann::json::parse(inspection_json(inspect(g), 2048));
    EXPECT_EQ(json["model_size_bytes"], 2048);
    EXPECT_EQ(json["model_size_kb"], 2.0);
    EXPECT_EQ(json["input_shape"], (std::vector<int>{1, 8}));
    EXPECT_EQ(json["output_dtype"], "float32");
    EXPECT_EQ(json["inputs"][0]["scale"], 0.5);
    EXPECT_EQ(json["inputs"][0]["zero_point"], 3);
    EXPECT_TRUE(json["outputs"][0]["scale"].is_null());
    EXPECT_EQ(json["outputs"][0]["note"], "a note");
}

}  // namespace
}  // namespace tinsmith

// Agreement, interfaces that differ in layout, and stages.
#include "report/proof.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "report/interface.hpp"
#include "temporary.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tinsmith {
namespace {

const Samples& no_file(const Graph& graph, int64_t count) {
    static std::vector<std::unique_ptr<Samples>> kept;
    kept.push_back(std::make_unique<Samples>(graph, DataOptions{"", count, 1}));
    return *kept.back();
}

// y = hard_swish(x) + offset, channels-first or channels-last.
Graph model(bool last, float offset) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, last ? Shape{1, 2, 2, 3} : Shape{1, 3, 2, 2}, {}});
    g.inputs.push_back({"x", x, ""});
    const ValueId h = b.add(op::HardSwish, {x}, {}, "h");
    const ValueId y = b.add(op::Add, {h, b.scalar(offset, DType::f32)}, {}, "y");
    g.outputs.push_back({"y", y, ""});
    return g;
}

TEST(Proof, equal_models_agree_in_any_layout_and_on_any_thread_count) {
    const Graph source = model(false, 0.5f);
    for (int threads : {1, 3}) {
        const Agreement same = prove(source, model(true, 0.5f), no_file(source, 10), {threads, {}});
        EXPECT_EQ(same.samples, 10);
        EXPECT_EQ(same.relative(), 0);
        EXPECT_EQ(same.top1(), 1);
        EXPECT_TRUE(float32_tolerance.holds(same));
        const Agreement other = prove(source, model(true, 0.6f), no_file(source, 10), {threads, {}});
        EXPECT_GT(other.relative(), 0.01);
        EXPECT_NEAR(other.outputs[0].max_abs, 0.1, 1e-6);
        EXPECT_FALSE(float32_tolerance.holds(other));
    }
}

// Stored integers stand for real numbers: a model on other integers, or on floats, is given the same reals.
TEST(Proof, interfaces_on_integers_are_compared_as_real_numbers) {
    const auto doubled = [](const Type& at_interface) {
        Graph g;
        Builder b(g);
        const ValueId x = g.add_value("x", at_interface);
        g.inputs.push_back({"x", x, ""});
        const ValueId real = at_interface.quant ? b.add(op::Dequantize, {x}) : x;
        g.outputs.push_back({"y", b.add(op::Add, {real, real}), ""});
        return g;
    };
    const Graph fine = doubled({DType::i8, {1, 8}, Quant{{0.5f}, {3}, -1}}),
                shifted = doubled({DType::u8, {1, 8}, Quant{{0.5f}, {131}, -1}}), floats = doubled({DType::f32, {1, 8}, {}}),
                wider = doubled({DType::i16, {1, 8}, Quant{{0.25f}, {0}, -1}});
    for (const Graph* other : {&shifted, &floats, &wider})
        EXPECT_EQ(prove(fine, *other, no_file(fine, 10), {1, {}}).relative(), 0);
}

TEST(Proof, stages_name_the_first_tensor_beyond_tolerance) {
    const Graph source = model(false, 0.5f);
    const std::vector<Stage> stages{{"canonical", model(true, 0.5f)}, {"optimised", model(false, 0.6f)}};
    const auto findings = compare_stages(source, stages, no_file(source, 1), float32_tolerance);
    ASSERT_EQ(findings.size(), 2u);
    EXPECT_EQ(findings[0].tensor, "");
    EXPECT_EQ(findings[0].compared, 2u);
    EXPECT_EQ(findings[1].stage, "optimised");
    EXPECT_EQ(findings[1].tensor, "y");
    EXPECT_NEAR(findings[1].worst.max_abs, 0.1, 1e-6);
}

TEST(Proof, stored_outputs_stand_for_the_source) {
    const TemporaryFolder folder;
    const std::string path = folder.path("expected.npz");
    const std::string data = folder.path("data.npy");
    Graph g;
    const ValueId x = g.add_value("x", {DType::f32, {1, 2}, {}});
    g.inputs.push_back({"x", x, ""});
    g.outputs.push_back({"y", Builder(g).add(op::Add, {x, x}), ""});
    write_npy(data, {DType::f32, {2, 2}, Buffer::of(std::vector<float>{1, 2, 3, 4})});
    const std::vector<std::pair<std::string, Array>> expected{
        {"y", {DType::f64, {2, 1, 2}, Buffer::of(std::vector<double>{2, 4, 6, 9})}}};
    write_npz(path, expected);
    const Agreement agreement = prove_expected(open_npz(path), *session_runner(g, {}), Samples(g, {data, {}, 0}));
    EXPECT_EQ(agreement.outputs[0].max_abs, 1);
    EXPECT_EQ(agreement.outputs[0].max_value, 9);
}

TEST(Proof, interfaces_that_do_not_match_are_named) {
    const Graph source = model(false, 0);
    Graph other = model(false, 0);
    other.values[0].type.shape = {1, 3, 2, 5};
    try {
        match_inputs(source, other);
        FAIL() << "matched";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        EXPECT_STREQ(e.what(), "inputs: 'x' is 1x3x2x2 in one model and 'x' is 1x3x2x5 in the other");
    }
    other.outputs.clear();
    EXPECT_THROW(match_outputs(source, other), Error);
}

TEST(Interface, a_note_decides_between_equal_shapes) {
    Graph source, result;
    for (Graph* g : {&source, &result}) g->inputs.push_back({"x", g->add_value("x", {DType::f32, {1, 4, 4, 4}, {}}), ""});
    EXPECT_EQ(match_inputs(source, result)[0].perm, Ints{});
    result.inputs[0].note = "channels-last (source: 1x4x4x4)";
    EXPECT_EQ(match_inputs(source, result)[0].perm, (Ints{0, 2, 3, 1}));
}

TEST(Agreement, not_a_number_agrees_with_itself_alone) {
    const Type type{DType::f32, {2}, {}};
    const auto buffer = [](float a, float b) { return Buffer::of(std::vector<float>{a, b}); };
    OutputAgreement same, different, infinite;
    add_sample(same, type, buffer(NAN, 1), type, buffer(NAN, 1));
    EXPECT_EQ(same.relative(), 0);
    add_sample(different, type, buffer(NAN, 1), type, buffer(2, 1));
    EXPECT_FALSE(float32_tolerance.holds(different));
    add_sample(infinite, type, buffer(INFINITY, 1), type, buffer(-INFINITY, 1));
    EXPECT_FALSE(dynamic_range_tolerance.holds(infinite));
}

}  // namespace
}  // namespace tinsmith

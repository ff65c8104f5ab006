// Sessions on small graphs: order, taps, folding, control flow, empty tensors, bad inputs.
#include "run/session.hpp"

#include "base/parallel.hpp"
#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

Graph two_swishes(Shape shape) {
    Graph g;
    Builder b(g);
    ValueId x = g.add_value("x", {DType::f32, std::move(shape), {}});
    g.inputs.push_back({"x", x, ""});
    ValueId y = b.add(op::HardSwish, {x}, {}, "y");
    ValueId z = b.add(op::HardSwish, {y}, {}, "z");
    g.outputs.push_back({"z", z, ""});
    g.outputs.push_back({"x again", x, ""});
    g.outputs.push_back({"constant", b.floats({2.0f}, {1}), ""});
    return g;
}

std::vector<float> floats(const Buffer& buffer) {
    std::vector<float> out(buffer.size() / 4);
    if (!out.empty()) std::memcpy(out.data(), buffer.bytes().data(), buffer.size());
    return out;
}

float hard_swish(float x) { return x * std::min(std::max(x + 3.0f, 0.0f), 6.0f) * (1.0f / 6.0f); }

TEST(Session, runs_a_chain_and_passes_inputs_and_constants_through) {
    Session session(two_swishes({4}));
    const std::vector<Buffer> in{Buffer::of(std::vector<float>{-1, 0, 1, 2})};
    const std::vector<Buffer> out = session.run(in);
    ASSERT_EQ(out.size(), 3u);
    std::vector<float> expected;
    for (float x : {-1.0f, 0.0f, 1.0f, 2.0f}) expected.push_back(hard_swish(hard_swish(x)));
    EXPECT_EQ(floats(out[0]), expected);
    EXPECT_EQ(floats(out[1]), (std::vector<float>{-1, 0, 1, 2}));
    EXPECT_EQ(floats(out[2]), (std::vector<float>{2}));
    EXPECT_EQ(floats(session.run(in)[0]), expected) << "a second run sees nothing of the first";
}

TEST(Session, states_outlive_a_run) {
    Graph g;
    Builder b(g);
    ValueId x = g.add_value("x", {DType::f32, {1}, {}}), sum = g.add_value("sum", {DType::f32, {1}, {}});
    g.inputs.push_back({"x", x, ""});
    ValueId y = b.add(op::Add, {x, sum});
    g.states.push_back({"sum", sum, y, Buffer::of(std::vector<float>{100})});
    g.outputs.push_back({"y", y, ""});
    EXPECT_EQ(side_by_side(g, 8), 1);
    Session session(g), other(g);
    const std::vector<Buffer> two{Buffer::of(std::vector<float>{2})};
    for (float expected : {102.0f, 104.0f, 106.0f}) EXPECT_EQ(floats(session.run(two)[0]), std::vector<float>{expected});
    EXPECT_EQ(floats(other.run(two)[0]), std::vector<float>{102}) << "each session has its own";
}

TEST(Session, taps_see_every_node_in_order) {
    Session session(two_swishes({1}));
    std::vector<float> seen;
    const std::vector<Buffer> in{Buffer::of(std::vector<float>{1})};
    session.run(in, [&](const EvalContext& c) { seen.push_back(*c.out[0].as<float>()); });
    EXPECT_EQ(seen, (std::vector<float>{hard_swish(1), hard_swish(hard_swish(1))}));
}

TEST(Session, tensors_without_elements_are_carried) {
    Session session(two_swishes({2, 0, 3}));
    const std::vector<Buffer> in{Buffer()};
    EXPECT_EQ(session.run(in)[0].size(), 0u);
}

TEST(Session, nodes_of_constants_run_once) {
    Graph g;
    ValueId c = g.add_constant("c", {DType::f32, {2}, {}}, Buffer::of(std::vector<float>{1, -1}));
    ValueId y = g.add_value("y", {DType::f32, {2}, {}});
    g.nodes.push_back({&op::HardSwish, {c}, {y}, {}, "fold"});
    g.outputs.push_back({"y", y, ""});
    int taps = 0, folded = 0;
    Session session(g, {.folded = [&](const EvalContext& c) {
                        EXPECT_EQ(*c.out[0].as<float>(), hard_swish(1));
                        ++folded;
                    }});
    const std::vector<Buffer> out = session.run({}, [&](const EvalContext&) { ++taps; });
    EXPECT_EQ(floats(out[0]), (std::vector<float>{hard_swish(1), hard_swish(-1)}));
    EXPECT_EQ(taps, 0);
    EXPECT_EQ(folded, 1);
}

TEST(Session, convolutions_pad_by_themselves) {
    Graph g;
    Builder b(g);
    const ValueId x = g.add_value("x", {DType::f32, {1, 4, 5, 2}, {}});
    g.inputs.push_back({"x", x, ""});
    const Attrs once{{"before", Ints{0, 1, 0, 0}}, {"after", Ints{0, 2, 1, 0}}};
    const ValueId first = b.add(op::Pad, {x}, once), second = b.add(op::Pad, {x}, once);
    const ValueId weights = b.floats({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 2, 2});
    const Attrs conv{{"strides", Ints{1, 1}}, {"dilations", Ints{1, 1}}, {"pads", Ints{1, 0, 0, 0}}, {"group", int64_t{1}}};
    g.outputs.push_back({"a", b.add(op::Conv, {first, weights}, conv), ""});
    g.outputs.push_back({"b", b.add(op::Conv, {second, weights}, conv), ""});
    g.outputs.push_back({"padded", second, ""});
    std::vector<float> numbers(40);
    for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 7) - 3;
    const std::vector<Buffer> in{Buffer::of(numbers)};
    int pads = 0, plain_pads = 0;
    const auto count = [](int& to) { return [&](const EvalContext& c) { to += c.node.is(op::Pad) ? 1 : 0; }; };
    const std::vector<Buffer> out = Session(g).run(in, count(pads));
    const std::vector<Buffer> plain = Session(g, {.fast = false}).run(in, count(plain_pads));
    for (size_t i = 0; i < out.size(); ++i) EXPECT_EQ(floats(out[i]), floats(plain[i])) << i;
    EXPECT_EQ(pads, 1) << "what is an output is still computed";
    EXPECT_EQ(plain_pads, 2);
}

TEST(Session, wrong_inputs_are_named) {
    Session session(two_swishes({4}));
    const std::vector<Buffer> in{Buffer::of(std::vector<float>{1})};
    try {
        session.run(in);
        FAIL() << "ran";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        EXPECT_STREQ(e.what(), "input 'x' is f32[4], 16 bytes; 4 bytes were given");
    }
    EXPECT_THROW(session.run({}), Error);
}

TEST(Session, more_than_the_machine_has_is_refused) {
    Graph g = two_swishes({1});
    for (Value& value : g.values)
        if (!value.is_constant()) value.type.shape = {int64_t{1} << 40};
    try {
        Session session(g);
        FAIL() << "planned";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::unsupported);
    }
}

// A graph of one f32 scalar input and what `compute` makes of it.
template <class Compute>
GraphRef scalar_graph(Compute compute) {
    auto g = std::make_shared<Graph>();
    Builder b(*g);
    const ValueId x = g->add_value("x", {DType::f32, {}, {}});
    g->inputs.push_back({"x", x, ""});
    g->outputs.push_back({"y", compute(b, x), ""});
    return g;
}

TEST(Session, loops_run_until_their_condition_fails) {
    const GraphRef small = scalar_graph([](Builder& b, ValueId x) { return b.add(op::Less, {x, b.scalar(100, DType::f32)}); });
    const GraphRef twice = scalar_graph([](Builder& b, ValueId x) { return b.add(op::Add, {x, x}); });
    const GraphRef loop = scalar_graph([&](Builder& b, ValueId x) {
        return b.add(op::While, {x}, {{"cond", small}, {"body", twice}});
    });
    const Session session(*loop);
    const auto result = [&](float x) {
        const std::vector<Buffer> in{Buffer::of(std::vector<float>{x})};
        return floats(session.run(in)[0])[0];
    };
    EXPECT_EQ(result(3), 192);
    EXPECT_EQ(result(100), 100);
    try {
        result(0);
        FAIL() << "ended";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
    }
}

TEST(Session, a_condition_chooses_the_branch) {
    const GraphRef twice = scalar_graph([](Builder& b, ValueId x) { return b.add(op::Add, {x, x}); });
    const GraphRef same = scalar_graph([](Builder&, ValueId x) { return x; });
    const GraphRef choice = scalar_graph([&](Builder& b, ValueId x) {
        const ValueId positive = b.add(op::Greater, {x, b.scalar(0, DType::f32)});
        return b.add(op::If, {positive, x}, {{"then", twice}, {"else", same}});
    });
    const Session session(*choice);
    for (const auto& [x, y] : {std::pair{2.0f, 4.0f}, {-3.0f, -3.0f}}) {
        const std::vector<Buffer> in{Buffer::of(std::vector<float>{x})};
        EXPECT_EQ(floats(session.run(in)[0])[0], y);
    }
}

TEST(OrderedParallel, results_arrive_in_order_on_any_thread_count) {
    for (int threads : {1, 2, 5}) {
        std::vector<size_t> seen;
        ordered_parallel(
            100, threads, [](size_t i) { return i * i; },
            [&](size_t i, size_t square) {
                EXPECT_EQ(square, i * i);
                seen.push_back(i);
            });
        EXPECT_EQ(seen.size(), 100u);
        EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
    }
}

TEST(OrderedParallel, first_failure_leaves) {
    for (int threads : {1, 3}) {
        try {
            ordered_parallel(
                50, threads,
                [](size_t i) {
                    check(i < 20, "item {}", i);
                    return i;
                },
                [](size_t, size_t) {});
            FAIL() << "finished";
        } catch (const Error& e) {
            EXPECT_STREQ(e.what(), "item 20");
        }
    }
}

TEST(Session, threads_share_a_session) {
    Session session(two_swishes({3}));
    std::vector<float> sums;
    ordered_parallel(
        64, 4,
        [&](size_t i) {
            const std::vector<Buffer> in{Buffer::of(std::vector<float>(3, static_cast<float>(i)))};
            return floats(session.run(in)[0])[0];
        },
        [&](size_t i, float got) { EXPECT_EQ(got, hard_swish(hard_swish(static_cast<float>(i)))); });
}

}  // namespace
}  // namespace tinsmith

// Plans of random graphs are carried out in their arenas and must compute the same bits as a session, which plans in its own way.
#include "execute.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "plan/fold_pads.hpp"
#include "random_images.hpp"
#include "run/session.hpp"

namespace tinsmith {
namespace {

std::vector<Buffer> random_bytes(const Graph& graph, uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<Buffer> inputs;
    for (const Port& port : graph.inputs) {
        const Type& type = graph.type(port.value);
        if (type.dtype == DType::f32) {
            std::vector<float> values(static_cast<size_t>(type.elements()));
            for (float& v : values) v = static_cast<float>(random() % 2000) / 500 - 2;
            inputs.push_back(Buffer::of(std::move(values)));
        } else {
            std::vector<uint8_t> values(type.bytes());
            for (uint8_t& v : values) v = static_cast<uint8_t>(random());
            inputs.push_back(Buffer::of(std::move(values)));
        }
    }
    return inputs;
}

void expect_same_bits(const Graph& graph, const PlanOptions& options, uint32_t seed, const MemoryPlan& plan) {
    const std::vector<Buffer> inputs = random_bytes(graph, seed);
    const auto actual = test::Execution(graph, plan).run(inputs);
    SessionOptions plain;
    plain.fast = false;
    const auto expected = Session(graph, plain).run(inputs);
    for (size_t o = 0; o < expected.size(); ++o)
        ASSERT_EQ(0, std::memcmp(actual[o].data(), expected[o].bytes().data(), expected[o].size()))
            << "output " << o << ", in place " << options.in_place << ", max " << options.max_bytes << "\n"
            << print(graph);
}

// Values that live together lie apart, but for those that are written over what they read.
void expect_sound(const MemoryPlan& plan) {
    struct Block {
        PlannedBytes at;
        ValueId id, over;
    };
    std::vector<Block> blocks;
    for (ValueId id = 0; id < plan.values.size(); ++id) {
        const PlannedBytes p = plan.values[id];
        if (p.memory == no_memory || plan.values[id].alias_of != no_value) continue;
        blocks.push_back({p, id, plan.values[id].over});
    }
    for (const PlannedBytes& scratch : plan.scratch)
        if (scratch.memory != no_memory) blocks.push_back({scratch, no_value, no_value});
    for (const Block& a : blocks)
        for (const Block& b : blocks) {
            if (&a == &b || a.at.memory != b.at.memory || a.at.first > b.at.last || b.at.first > a.at.last) continue;
            if (a.id != no_value && (b.over == a.id || (b.id != no_value && a.over == b.id))) continue;
            EXPECT_TRUE(a.at.offset + a.at.bytes <= b.at.offset || b.at.offset + b.at.bytes <= a.at.offset)
                << a.id << " and " << b.id;
        }
}

TEST(PlanExecution, random_graphs_compute_the_same_in_their_arena) {
    size_t apart = 0, together = 0, rows = 0, pixels = 0;
    for (uint32_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        const Graph graph = test::RandomImages(seed, seed % 2 == 0).graph();
        verify(graph);
        PlanOptions options;
        options.search_steps = 20'000;
        options.scratch.assign(graph.nodes.size(), seed % 3 == 0 ? 48 : 0);
        const auto check = [&](size_t& sum) {
            const MemoryPlan plan = plan_memory(graph, options);
            expect_sound(plan);
            EXPECT_GE(plan.arena_bytes(), plan.lower_bound);
            EXPECT_LE(plan.lower_bound, plan.separate_bound);
            expect_same_bits(graph, options, seed, plan);
            sum += plan.arena_bytes();
        };
        options.in_place = false;
        check(apart);
        options.in_place = true;
        check(together);
        options.depthwise = options.windows = Traversal::rows;
        check(rows);
        options.depthwise = options.windows = Traversal::pixels;
        check(pixels);
        if (HasFatalFailure() || HasNonfatalFailure()) break;
    }
    EXPECT_LT(together, apart);
    EXPECT_LT(rows, together);
    EXPECT_LT(pixels, rows);
}

// Tiles come one after the other: what a stage reads and what it leaves are in use as long as the stage runs.
void expect_stages_hold_what_they_need(const Graph& graph, const MemoryPlan& plan) {
    for (const PlannedStage& stage : plan.stages)
        for (const TileRows& rows : stage.tiles[0]) {
            const PlannedValue& value = plan.values[rows.value];
            if (value.bytes != graph.type(rows.value).bytes()) continue;
            const bool leaves = graph.nodes[plan.order[stage.end - 1]].outputs[0] == rows.value;
            if (leaves) {
                EXPECT_LE(value.first, stage.first + 1);
            }
            if (value.first <= stage.first && value.alias_of == no_value) {
                EXPECT_GE(value.last, stage.end);
            }
        }
}

TEST(PlanExecution, random_graphs_compute_the_same_in_patches) {
    int staged = 0;
    for (uint32_t seed = 1; seed <= 300; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        const Graph graph = test::RandomImages(seed, seed % 2 == 0).graph();
        PlanOptions options;
        options.search_steps = 20'000;
        if (seed % 5 == 0) options.depthwise = options.windows = Traversal::pixels;
        const size_t whole = plan_memory(graph, options).arena_bytes();
        options.max_bytes = whole * (30 + seed % 60) / 100;
        const MemoryPlan plan = plan_memory(graph, options);
        EXPECT_LE(plan.arena_bytes(), whole);
        staged += !plan.stages.empty();
        expect_sound(plan);
        expect_stages_hold_what_they_need(graph, plan);
        expect_same_bits(graph, options, seed, plan);
        if (HasFatalFailure() || HasNonfatalFailure()) break;
    }
    EXPECT_GT(staged, 25);
}

}  // namespace
}  // namespace tinsmith

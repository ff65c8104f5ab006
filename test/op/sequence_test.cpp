// Ranking, scattering and parameters known at run time.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <random>

#include "ir/builder.hpp"
#include "op/list.hpp"

namespace tinsmith {
namespace {

TEST(TopK, falls_and_keeps_the_order_of_equal_elements) {
    std::mt19937 random(31);
    for (int round = 0; round < 200; ++round) {
        int64_t n = std::uniform_int_distribution<int64_t>(1, 60)(random),
                k = std::uniform_int_distribution<int64_t>(0, n)(random);
        std::vector<float> x(static_cast<size_t>(n));
        for (float& v : x) v = static_cast<float>(std::uniform_int_distribution<int>(0, 9)(random));
        Ints order(x.size());
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(),
                         [&](int64_t a, int64_t b) { return x[static_cast<size_t>(a)] > x[static_cast<size_t>(b)]; });
        order.resize(static_cast<size_t>(k));
        Graph g;
        Builder b(g);
        auto y = b.add_all(op::TopK, {b.floats(x, {n})}, {{"k", k}});
        ASSERT_EQ(g.constant_ints(y[1]), order) << "seed 31, round " << round;
    }
}

TEST(TopK, not_a_number_comes_last) {
    Graph g;
    Builder b(g);
    float nan = std::numeric_limits<float>::quiet_NaN();
    auto y = b.add_all(op::TopK, {b.floats({nan, 1, nan, -2}, {4})}, {{"k", int64_t{4}}});
    EXPECT_EQ(g.constant_ints(y[1]), (Ints{1, 3, 0, 2}));
}

TEST(ScatterND, adds_what_falls_on_one_place) {
    Graph g;
    Builder b(g);
    ValueId y =
        b.add(op::ScatterND, {b.ints({1, 0, 1}, {3, 1}), b.floats({1, 2, 3, 4, 5, 6}, {3, 2})}, {{"shape", Ints{2, 2}}});
    EXPECT_EQ(g.constant_floats(y), (std::vector<float>{3, 4, 6, 8}));
    EXPECT_THROW(b.add(op::ScatterND, {b.ints({2}, {1, 1}), b.floats({1, 2}, {1, 2})}, {{"shape", Ints{2, 2}}}), Error);
}

TEST(CumSum, runs_either_way) {
    Graph g;
    Builder b(g);
    ValueId x = b.ints({1, 2, 3, 4, 5, 6}, {2, 3});
    EXPECT_EQ(g.constant_ints(b.add(op::CumSum, {x}, {{"axis", int64_t{1}}})), (Ints{1, 3, 6, 4, 9, 15}));
    EXPECT_EQ(g.constant_ints(b.add(op::CumSum, {x}, {{"axis", int64_t{-1}}, {"exclusive", true}, {"reverse", true}})),
              (Ints{5, 3, 0, 11, 6, 0}));
}

// Values that arrive at run time may say anything: what is read stays inside.
TEST(RunTimeParameters, bounds_beyond_the_tensor_are_clamped) {
    Graph g;
    Builder b(g);
    ValueId x = b.ints({1, 2, 3, 4}, {4});
    auto slice = [&](int64_t start, int64_t step) {
        return g.constant_ints(
            b.add(op::Slice, {x, b.longs({start}, {1}), b.longs({99}, {1}), b.longs({step}, {1})}, {{"shape", Ints{2}}}));
    };
    EXPECT_EQ(slice(1, 1), (Ints{2, 3}));
    EXPECT_EQ(slice(INT64_MAX, INT64_MAX), (Ints{1, 4}));
    EXPECT_EQ(slice(INT64_MIN, INT64_MIN), (Ints{4, 1}));
    EXPECT_EQ(slice(-1, -1), (Ints{4, 3}));
    ValueId pads = b.longs({INT64_MAX, INT64_MIN}, {1, 2});
    EXPECT_EQ(g.constant_ints(b.add(op::Pad, {x, pads}, {{"shape", Ints{5}}})), (Ints{0, 0, 0, 0, 0}));
    EXPECT_EQ(g.constant_ints(b.add(op::Pad, {x, b.longs({1, 0}, {1, 2})}, {{"shape", Ints{5}}})), (Ints{0, 1, 2, 3, 4}));
    ValueId sum = b.add(op::ReduceSum, {x, b.longs({0}, {1})}, {{"shape", Ints{}}});
    EXPECT_EQ(g.constant_ints(sum), (Ints{10}));
    EXPECT_EQ(g.constant_ints(b.add(op::ReduceSum, {x, b.longs({7}, {1})}, {{"shape", Ints{1}}})), (Ints{0}));
}

TEST(Infer, hostile_attributes_are_refused) {
    Graph g;
    Builder b(g);
    ValueId x = b.ints({1, 2, 3, 4}, {2, 2});
    auto refused = [&](const OpDef& op, const Attrs& attrs) { EXPECT_THROW(b.add_all(op, {x}, attrs), Error) << op.name; };
    refused(op::Transpose, {{"perm", Ints{0, 0}}});
    refused(op::Transpose, {{"perm", Ints{0, INT64_MAX}}});
    refused(op::Split, {{"axis", int64_t{0}}, {"sizes", Ints{INT64_MAX, INT64_MAX, 4}}});
    refused(op::Split, {{"axis", int64_t{0}}, {"sizes", Ints{-1, 3}}});
    refused(op::Tile, {{"repeats", Ints{INT64_MAX, 2}}});
    refused(op::Pad, {{"before", Ints{INT64_MAX, 0}}, {"after", Ints{1, 0}}});
    refused(op::Pad, {{"before", Ints{2, 0}}, {"after", Ints{0, 0}}, {"mode", std::string("reflect")}});
    refused(op::Slice, {{"starts", Ints{0, 0}}, {"ends", Ints{2, INT64_MAX}}, {"steps", Ints{1, 1}}});
    refused(op::Slice, {{"starts", Ints{0, 0}}, {"ends", Ints{2, 2}}, {"steps", Ints{INT64_MIN, 1}}});
    refused(op::Reshape, {{"shape", Ints{INT64_MAX, INT64_MAX}}});
    refused(op::Expand, {{"shape", Ints{-1, 2, 2}}});
    refused(op::ReduceSum, {{"axes", Ints{0, -2}}});
    refused(op::ArgMax, {{"axis", int64_t{2}}});
    refused(op::TopK, {{"k", int64_t{3}}});
    refused(op::OneHot, {{"depth", int64_t{-1}}});
    refused(op::DepthToSpace, {{"blocksize", INT64_MAX}});
}

}  // namespace
}  // namespace tinsmith

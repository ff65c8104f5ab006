// Data movement against plain loops over indices, on random shapes. The seed is printed with every failure.
#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace tinsmith {
namespace {

using Index = std::vector<int64_t>;

struct Draw {
    std::mt19937 random;
    int64_t operator()(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }
    Shape shape(int64_t rank, int64_t most) {
        Shape s;
        for (int64_t d = 0; d < rank; ++d) s.push_back((*this)(1, most));
        return s;
    }
};

int64_t flat(const Shape& shape, const Index& at) {
    int64_t i = 0;
    for (size_t d = 0; d < shape.size(); ++d) i = i * shape[d] + at[d];
    return i;
}

// Calls visit with every index of the shape, in order.
template <class Visit>
void for_each_index(const Shape& shape, Visit visit) {
    Index at(shape.size(), 0);
    for (int64_t i = 0, n = element_count(shape); i < n; ++i) {
        visit(at);
        for (size_t d = shape.size(); d-- > 0 && ++at[d] == shape[d];) at[d] = 0;
    }
}

template <class T>
ValueId counting(Builder& b, DType dtype, const Shape& shape) {
    std::vector<T> v(static_cast<size_t>(element_count(shape)));
    std::iota(v.begin(), v.end(), T{1});
    return b.constant({dtype, shape, {}}, Buffer::of(std::move(v)));
}

// Expects result[at] == x[source(at)] where x counts from 1, and 0 where source gives an empty index.
template <class T, class Source>
void expect_moved(DType dtype, const Shape& in, const OpDef& def, const Attrs& attrs, Source source) {
    Graph g;
    Builder b(g);
    ValueId y = b.add(def, {counting<T>(b, dtype, in)}, attrs);
    ASSERT_TRUE(g.is_constant(y));
    std::vector<int64_t> got = g.constant_ints(y);
    size_t i = 0;
    for_each_index(b.shape(y), [&](const Index& at) {
        Index from = source(at);
        ASSERT_EQ(got[i++], from.size() == in.size() ? static_cast<int64_t>(static_cast<T>(flat(in, from) + 1)) : 0)
            << def.name << " of " << to_string(in) << " at " << to_string(at);
    });
}

template <class Body>
void repeated(unsigned seed, int times, Body body) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Draw draw{std::mt19937(seed)};
    for (int i = 0; i < times && !testing::Test::HasFatalFailure(); ++i) body(draw);
}

TEST(Move, transpose_permutes_dimensions) {
    repeated(11, 200, [](Draw& draw) {
        int64_t rank = draw(0, 5);
        Shape in = draw.shape(rank, rank <= 3 ? 40 : 7);
        Ints perm(in.size());
        std::iota(perm.begin(), perm.end(), 0);
        std::shuffle(perm.begin(), perm.end(), draw.random);
        auto source = [&](const Index& at) {
            Index from(at.size());
            for (size_t d = 0; d < at.size(); ++d) from[static_cast<size_t>(perm[d])] = at[d];
            return from;
        };
        switch (draw(0, 3)) {
            case 0: return expect_moved<int8_t>(DType::i8, in, op::Transpose, {{"perm", perm}}, source);
            case 1: return expect_moved<int16_t>(DType::i16, in, op::Transpose, {{"perm", perm}}, source);
            case 2: return expect_moved<int32_t>(DType::i32, in, op::Transpose, {{"perm", perm}}, source);
            default: return expect_moved<int64_t>(DType::i64, in, op::Transpose, {{"perm", perm}}, source);
        }
    });
}

TEST(Move, slice_takes_every_step_th_element) {
    repeated(12, 300, [](Draw& draw) {
        Shape in = draw.shape(draw(1, 4), 9);
        Ints starts, ends, steps;
        for (int64_t n : in) {
            steps.push_back(draw(0, 1) ? draw(1, n) : -draw(1, n));
            starts.push_back(draw(0, n - 1));
            ends.push_back(steps.back() > 0 ? draw(0, n) : draw(-1, n - 1));
        }
        expect_moved<int32_t>(DType::i32, in, op::Slice, {{"starts", starts}, {"ends", ends}, {"steps", steps}},
                              [&](const Index& at) {
                                  Index from(at.size());
                                  for (size_t d = 0; d < at.size(); ++d) from[d] = starts[d] + at[d] * steps[d];
                                  return from;
                              });
    });
}

TEST(Move, pad_surrounds_or_mirrors) {
    repeated(13, 300, [](Draw& draw) {
        Shape in = draw.shape(draw(1, 4), 6);
        const char* modes[] = {"constant", "reflect", "symmetric"};
        std::string mode = modes[draw(0, 2)];
        Ints before, after;
        for (int64_t n : in) {
            int64_t most = mode == "constant" ? 4 : mode == "reflect" ? n - 1 : n;
            before.push_back(draw(0, most));
            after.push_back(draw(0, most));
        }
        expect_moved<int32_t>(DType::i32, in, op::Pad, {{"before", before}, {"after", after}, {"mode", mode}},
                              [&](const Index& at) {
                                  Index from(at.size());
                                  for (size_t d = 0; d < at.size(); ++d) {
                                      int64_t i = at[d] - before[d], edge = mode == "symmetric" ? 1 : 0;
                                      if (mode == "constant" && (i < 0 || i >= in[d])) return Index{};
                                      if (i < 0) i = -i - edge;
                                      if (i >= in[d]) i = 2 * in[d] - 2 - i + edge;
                                      from[d] = i;
                                  }
                                  return from;
                              });
    });
}

TEST(Move, concat_lays_operands_side_by_side) {
    repeated(14, 100, [](Draw& draw) {
        Shape a = draw.shape(draw(1, 4), 6), both = a;
        auto axis = static_cast<size_t>(draw(0, std::ssize(a) - 1));
        Shape second = a;
        second[axis] = draw(1, 6);
        both[axis] += second[axis];
        Graph g;
        Builder b(g);
        ValueId y = b.add(op::Concat, {counting<int32_t>(b, DType::i32, a), counting<int32_t>(b, DType::i32, second)},
                          {{"axis", static_cast<int64_t>(axis)}});
        ASSERT_EQ(b.shape(y), both);
        std::vector<int64_t> got = g.constant_ints(y);
        size_t i = 0;
        for_each_index(both, [&](Index at) {
            bool first = at[axis] < a[axis];
            if (!first) at[axis] -= a[axis];
            ASSERT_EQ(got[i++], flat(first ? a : second, at) + 1);
        });
    });
}

TEST(Move, reductions_sum_what_meets) {
    repeated(15, 200, [](Draw& draw) {
        Shape in = draw.shape(draw(0, 5), draw(0, 1) ? 5 : 40);
        if (element_count(in) > 200000) return;
        Ints axes;
        for (int64_t d = 0; d < std::ssize(in); ++d)
            if (draw(0, 1)) axes.push_back(draw(0, 1) ? d : d - std::ssize(in));
        Graph g;
        Builder b(g);
        ValueId x = counting<int32_t>(b, DType::i32, in);
        ValueId sum = b.add(op::ReduceSum, {x}, {{"axes", axes}, {"keepdims", true}});
        ValueId max = b.add(op::ReduceMax, {x}, {{"axes", axes}});
        std::vector<int64_t> sums(static_cast<size_t>(element_count(b.shape(sum)))), maxima(sums.size());
        for_each_index(in, [&](const Index& at) {
            Index to = at;
            for (int64_t axis : axes) to[static_cast<size_t>(normalized_axis(axis, std::ssize(in)))] = 0;
            auto o = static_cast<size_t>(flat(b.shape(sum), to));
            sums[o] += flat(in, at) + 1;
            maxima[o] = std::max(maxima[o], flat(in, at) + 1);
        });
        for (int64_t& s : sums) s = static_cast<int32_t>(s);
        ASSERT_EQ(g.constant_ints(sum), sums) << to_string(in) << " over " << to_string(axes);
        ASSERT_EQ(g.constant_ints(max), maxima);
    });
}

TEST(Move, gather_reads_slices_and_refuses_what_is_outside) {
    Graph g;
    Builder b(g);
    ValueId x = counting<int32_t>(b, DType::i32, {2, 3, 2});
    EXPECT_EQ(g.constant_ints(b.add(op::Gather, {x, b.longs({2, 0}, {2})}, {{"axis", int64_t{1}}})),
              (Ints{5, 6, 1, 2, 11, 12, 7, 8}));
    EXPECT_EQ(
        g.constant_ints(b.add(op::Gather, {x, b.ints({1, 0}, {2, 1})}, {{"axis", int64_t{1}}, {"batch_dims", int64_t{1}}})),
        (Ints{3, 4, 7, 8}));
    EXPECT_THROW(b.add(op::Gather, {x, b.longs({3}, {1})}, {{"axis", int64_t{1}}}), Error);
    EXPECT_THROW(b.add(op::Gather, {x, b.longs({-1}, {1})}, {{"axis", int64_t{1}}}), Error);
}

}  // namespace
}  // namespace tinsmith

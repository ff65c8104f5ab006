// Ranges before saturating functions: what is cut off makes no difference to a result of 8 bits.
#include "quant/clip_to_readers.hpp"

#include "ir/builder.hpp"
#include "op/list.hpp"
#include "quant/stored.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tinsmith {
namespace {

using Function = double (*)(double);

struct Reader {
    const char* name;
    ValueId (*add)(Builder&, ValueId);
    Function f;
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

const Reader readers[] = {
    {"Sigmoid", [](Builder& b, ValueId x) { return b.add(op::Sigmoid, {x}); }, sigmoid},
    {"Tanh", [](Builder& b, ValueId x) { return b.add(op::Tanh, {x}); }, [](double x) { return std::tanh(x); }},
    {"HardSwish", [](Builder& b, ValueId x) { return b.add(op::HardSwish, {x}); },
     [](double x) { return x * std::min(std::max(x + 3, 0.0), 6.0) / 6; }},
    {"Gelu", [](Builder& b, ValueId x) { return b.add(op::Gelu, {x}); },
     [](double x) { return x / 2 * std::erfc(-x / std::sqrt(2.0)); }},
    {"Swish",
     [](Builder& b, ValueId x) {
         return b.add(op::Mul, {b.add(op::Sigmoid, {x}), x});
     },
     [](double x) { return x * sigmoid(x); }},
};

// x with the given range, which the graph computes.
struct Case {
    Graph g;
    Builder b{g};
    ValueId x = no_value;
    Ranges ranges;

    explicit Case(Range range) : range_(range) {
        const ValueId input = g.add_value("input", {DType::f32, {4}, {}});
        g.inputs.push_back({"input", input, ""});
        x = b.add(op::Neg, {input});
    }
    void output(ValueId id) { g.outputs.push_back({"y", id, ""}); }
    Range narrowed() {
        ranges.tensors.assign(g.values.size(), std::nullopt);
        for (auto& tensor : ranges.tensors) tensor = Observation{range_, range_, 0, 100, {}};
        clip_to_readers(g, ranges, DType::i8);
        return ranges.of(x)->range;
    }

private:
    Range range_;
};

// The integer that a result is stored as, where the function's values over the range decide the scale.
int64_t stored_as(const Reader& reader, double value, Range range) {
    const double high = std::max(reader.f(static_cast<double>(range.max)), 1e-3);
    const bool fixed = reader.f == readers[0].f || reader.f == readers[1].f;
    const double step = fixed ? (reader.f == readers[0].f ? 1.0 / 256 : 1.0 / 128) : (high + 0.3) / 255;
    const int64_t low = fixed ? (reader.f == readers[0].f ? 0 : -128) : -1000;
    return std::clamp<int64_t>(std::llround(value / step), low, fixed ? low + 255 : 1000);
}

TEST(ClipToReadersValues, what_is_cut_off_is_stored_alike) {
    for (const Reader& reader : readers)
        for (float reach : {8.0f, 20.0f, 60.0f}) {
            const Range range{-reach, reach};
            Case c(range);
            c.output(reader.add(c.b, c.x));
            const Range narrow = c.narrowed();
            EXPECT_GT(narrow.min, range.min) << reader.name;
            EXPECT_LE(narrow.max, range.max) << reader.name;
            for (double x = -reach; x <= reach; x += 0.01) {
                const double kept = std::clamp(x, static_cast<double>(narrow.min), static_cast<double>(narrow.max));
                const int64_t a = stored_as(reader, reader.f(x), range), b = stored_as(reader, reader.f(kept), range);
                ASSERT_LE(std::abs(a - b), 1) << reader.name << " at " << x << ", kept " << kept;
            }
        }
}

TEST(ClipToReadersValues, ranges_that_matter_stay) {
    const Range range{-20, 20};
    for (const Reader& reader : readers) {
        Case shown(range), shared(range), inside({-1, 1});
        shown.output(reader.add(shown.b, shown.x));
        shown.output(shown.x);
        EXPECT_EQ(shown.narrowed(), range) << reader.name;
        shared.output(reader.add(shared.b, shared.x));
        shared.output(shared.b.add(op::Neg, {shared.x}));
        EXPECT_EQ(shared.narrowed(), range) << reader.name;
        inside.output(reader.add(inside.b, inside.x));
        EXPECT_EQ(inside.narrowed(), (Range{-1, 1})) << reader.name;
    }
    Case none(range), flat({-40, -30});
    none.output(none.b.add(op::Relu, {none.x}));
    EXPECT_EQ(none.narrowed(), range);
    flat.output(flat.b.add(op::HardSwish, {flat.x}));
    EXPECT_EQ(flat.narrowed(), (Range{-40, -30}));  // nothing would be left
}

TEST(ClipToReadersValues, several_readers_keep_what_any_of_them_needs) {
    Case c({-20, 20});
    c.output(c.b.add(op::Sigmoid, {c.x}));
    c.output(c.b.add(op::Tanh, {c.x}));
    const Range both = c.narrowed();
    Case s({-20, 20});
    s.output(s.b.add(op::Sigmoid, {s.x}));
    EXPECT_EQ(both, s.narrowed());
}

}  // namespace
}  // namespace tinsmith

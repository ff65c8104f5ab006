// Integer forms of elementwise operators and normalisations: every row against its own float form on what the integers stand for,
// and values that saturate, tie or wrap against results worked out by hand. The exact bits are compared with TFLite's in
// test/conformance.
#include "ir/builder.hpp"
#include "op/integer.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace tinsmith {
namespace {

struct Stored {
    Type type;
    std::vector<int64_t> values;
};

Stored stored(DType dtype, Shape shape, float scale, int64_t zero, std::vector<int64_t> values) {
    return {{dtype, std::move(shape), Quant{{scale}, {zero}, -1}}, std::move(values)};
}

ValueId add(Graph& g, const Stored& s) {
    const size_t width = dtype_bits(s.type.dtype) / 8;
    std::vector<std::byte> bytes(s.type.bytes());
    for (size_t i = 0; i < s.values.size(); ++i) std::memcpy(bytes.data() + i * width, &s.values[i], width);
    return g.add_constant({}, s.type, Buffer::of(std::move(bytes)));
}

Node node_of(const OpDef& def, Graph& g, const std::vector<Stored>& operands, Attrs attrs) {
    Node node{&def, {}, {}, std::move(attrs), {}};
    for (const Stored& s : operands) node.inputs.push_back(add(g, s));
    return node;
}

// The first result, stored with the given scale and zero point.
std::vector<int64_t> compute_stored(const OpDef& def, const std::vector<Stored>& operands, std::optional<Quant> quant,
                                    Attrs attrs = {}) {
    Graph g;
    const Node node = node_of(def, g, operands, std::move(attrs));
    std::vector<Type> types = infer_types(g, node);
    if (quant) types[0].quant = std::move(quant);
    return g.constant_ints(g.add_constant({}, types[0], evaluate(g, node, types)[0]));
}

Quant per_tensor(float scale, int64_t zero) { return {{scale}, {zero}, -1}; }

// The row's float form on the real numbers that the operands stand for.
std::vector<float> compute_real(const OpDef& def, const std::vector<Stored>& operands, Attrs attrs) {
    Graph g;
    Node node{&def, {}, {}, std::move(attrs), {}};
    for (const Stored& s : operands) {
        std::vector<float> real;
        for (int64_t v : s.values) real.push_back(s.type.quant->scale[0] * static_cast<float>(v - s.type.quant->zero_point[0]));
        node.inputs.push_back(g.add_constant({}, {DType::f32, s.type.shape, {}}, Buffer::of(std::move(real))));
    }
    const std::vector<Type> types = infer_types(g, node);
    return g.constant_floats(g.add_constant({}, types[0], evaluate(g, node, types)[0]));
}

// The range that the rule prescribes, or one that holds all results.
Quant result_quant(const OpDef& def, const Type& x, const std::vector<float>& results) {
    const bool wide = x.dtype == DType::i16, unsigned_byte = x.dtype == DType::u8;
    const auto fixed = [&](float scale, int64_t zero) {
        return wide ? per_tensor(1.0f / 32768, 0) : per_tensor(scale, unsigned_byte ? zero + 128 : zero);
    };
    switch (def.quant) {
        case QuantRule::same_as_input: return *x.quant;
        case QuantRule::unit_range: return fixed(1.0f / 256, -128);
        case QuantRule::symmetric_unit: return fixed(1.0f / 128, 0);
        case QuantRule::log_range: return fixed(16.0f / 256, 127);
        default: break;
    }
    const auto [low, high] = std::minmax_element(results.begin(), results.end());
    const float least = std::min(*low, 0.0f), most = std::max(*high, 1e-3f);
    if (wide) return per_tensor(std::max(most, -least) / 32767, 0);
    const float scale = (most - least) / 255;
    return per_tensor(scale, static_cast<int64_t>(std::round(-least / scale)) + stored_range(x.dtype).low);
}

Stored draw_operand(std::mt19937& random, DType dtype, std::pair<double, double> domain, Shape shape) {
    const StoredRange range = stored_range(dtype);
    const double low = std::min(domain.first, 0.0), span = domain.second - low;
    const double scale = dtype == DType::i16 ? std::max(domain.second, -low) / 32767 : span / 255;
    const int64_t zero = dtype == DType::i16 ? 0 : range.low + std::llround(-low / scale);
    Stored s = stored(dtype, std::move(shape), static_cast<float>(scale), zero, {});
    std::uniform_real_distribution<double> real(domain.first, domain.second);
    for (int64_t n = s.type.elements(); n-- > 0;)
        s.values.push_back(std::clamp<int64_t>(std::llround(real(random) / scale) + zero, range.low, range.high));
    return s;
}

// Steps of the result by which the integer form may miss the real one.
double tolerance(const OpDef& def, DType dtype) {
    const bool sampled = &def == &op::Exp || &def == &op::Gelu || &def == &op::Softmax;
    if (dtype == DType::i16) return sampled ? 300 : 4;
    return &def == &op::LogSoftmax || &def == &op::Div || &def == &op::Rsqrt ? 2.5 : 1.6;
}

TEST(IntegerRows, stand_for_what_the_float_form_computes) {
    const unsigned seed = std::random_device{}();
    std::mt19937 random(seed);
    SCOPED_TRACE(fmt::format("seed {}", seed));
    int rows = 0;
    for (const OpDef* def : all_ops()) {
        const bool normalises = def == &op::Softmax || def == &op::LogSoftmax || def == &op::L2Normalization;
        if (!def->integer.eval || !(def->elementwise || normalises) || def->quant == QuantRule::integer_only) continue;
        if (def == &op::Quantize || def == &op::Where) continue;
        ++rows;
        for (DType dtype : {DType::i8, DType::u8, DType::i16}) {
            if ((def->integer.types & dtype_bit(dtype)) == 0) continue;
            // Samples are too far apart where these are steep.
            if (dtype == DType::i16 && (def == &op::Log || def == &op::Rsqrt)) continue;
            SCOPED_TRACE(fmt::format("{} of {}", def->name, dtype_name(dtype)));
            std::vector<Stored> operands;
            for (size_t i = 0; i < def->operands.size(); ++i) {
                const bool slope = def == &op::PRelu && i == 1;
                std::pair<double, double> domain = def->domain;
                if (slope) domain = {-1, 1};
                if (def == &op::Div) domain = {1, 4};      // quotients near 0 are far off, as in TFLite
                if (domain.first > 0) domain.first = 0.2;  // some steps from where logarithms and roots are infinite
                operands.push_back(draw_operand(random, slope && dtype == DType::i16 ? DType::i8 : dtype, domain,
                                                i == 0 ? Shape{3, 40} : Shape{40}));
            }
            const std::vector<float> real = compute_real(*def, operands, {});
            const Quant quant = result_quant(*def, operands[0].type, real);
            const std::vector<int64_t> got = compute_stored(*def, operands, quant);
            const StoredRange range = stored_range(dtype);
            for (size_t i = 0; i < got.size(); ++i) {
                const double want = static_cast<double>(real[i]) / static_cast<double>(quant.scale[0]) +
                                    static_cast<double>(quant.zero_point[0]);
                EXPECT_NEAR(static_cast<double>(got[i]), std::clamp<double>(want, range.low, range.high),
                            tolerance(*def, dtype));
            }
        }
    }
    EXPECT_GE(rows, 20);
}

TEST(IntegerRows, sums_and_products_saturate) {
    const Stored ends = stored(DType::i8, {2}, 1, 0, {-128, 127});
    EXPECT_EQ(compute_stored(op::Add, {ends, ends}, per_tensor(1, 0)), (std::vector<int64_t>{-128, 127}));
    EXPECT_EQ(compute_stored(op::Add, {ends, ends}, per_tensor(2, 0)), (std::vector<int64_t>{-128, 127}));
    EXPECT_EQ(compute_stored(op::Sub, {ends, stored(DType::i8, {1}, 1, 0, {100})}, per_tensor(1, 0)),
              (std::vector<int64_t>{-128, 27}));
    EXPECT_EQ(compute_stored(op::Mul, {ends, ends}, per_tensor(100, -128)), (std::vector<int64_t>{36, 33}));
    // relu6 clamps at 6 / 0.5 steps above the zero point.
    EXPECT_EQ(compute_stored(op::Add, {ends, ends}, per_tensor(0.5f, -10), {{"activation", std::string("relu6")}}),
              (std::vector<int64_t>{-10, 2}));
}

TEST(IntegerRows, operands_without_scales_are_refused) {
    Graph g;
    const ValueId x = add(g, stored(DType::i8, {2}, 1, 0, {1, 2}));
    const ValueId plain = g.add_constant({}, {DType::i8, {2}, {}}, Buffer::of(std::vector<int8_t>{1, 2}));
    EXPECT_THROW(infer_types(g, Node{&op::Add, {x, plain}, {}, {}, {}}), Error);
    const ValueId beyond = add(g, stored(DType::i8, {2}, 1, 200, {1, 2}));
    EXPECT_THROW(infer_types(g, Node{&op::Add, {x, beyond}, {}, {}, {}}), Error);
}

TEST(IntegerRows, comparisons_bring_both_sides_to_one_scale) {
    const Stored a = stored(DType::i8, {4}, 0.5f, 10, {10, 12, 14, -128});  // 0 1 2 -69
    const Stored b = stored(DType::i8, {4}, 0.25f, -2, {-2, 2, 4, 127});    // 0 1 1.5 32.25
    EXPECT_EQ(compute_stored(op::Equal, {a, b}, {}), (std::vector<int64_t>{1, 1, 0, 0}));
    EXPECT_EQ(compute_stored(op::Less, {a, b}, {}), (std::vector<int64_t>{0, 0, 0, 1}));
    EXPECT_EQ(compute_stored(op::GreaterOrEqual, {a, b}, {}), (std::vector<int64_t>{1, 1, 1, 0}));
}

TEST(IntegerRows, quantize_rounds_halves_away_from_zero) {
    const auto quantize = [](bool to_even) {
        Graph g;
        const ValueId x =
            g.add_constant({}, {DType::f32, {6}, {}}, Buffer::of(std::vector<float>{0.5f, 1.5f, -0.5f, 1e9f, -1e9f, NAN}));
        const Node node{
            &op::Quantize, {x}, {}, {{"scale", Floats{1}}, {"zero_point", Ints{3}}, {"halves_to_even", to_even}}, {}};
        const std::vector<Type> types = infer_types(g, node);
        return g.constant_ints(g.add_constant({}, types[0], evaluate(g, node, types)[0]));
    };
    EXPECT_EQ(quantize(false), (std::vector<int64_t>{4, 5, 2, 127, -128, 3}));
    EXPECT_EQ(quantize(true), (std::vector<int64_t>{3, 5, 3, 127, -128, 3}));
}

TEST(IntegerRows, requantising_by_128_flips_the_sign_bit) {
    const Stored x = stored(DType::i8, {4}, 0.1f, -5, {-128, -1, 0, 127});
    const auto to = [&](std::string dtype, float scale, int64_t zero) {
        return compute_stored(
            op::Quantize, {x}, {},
            {{"dtype", std::move(dtype)}, {"scale", Floats{static_cast<double>(scale)}}, {"zero_point", Ints{zero}}});
    };
    EXPECT_EQ(to("u8", 0.1f, 123), (std::vector<int64_t>{0, 127, 128, 255}));
    EXPECT_EQ(to("i16", 0.05f, 0), (std::vector<int64_t>{-246, 8, 10, 264}));
    EXPECT_EQ(to("i8", 0.05f, 0), (std::vector<int64_t>{-128, 8, 10, 127}));
}

TEST(IntegerRows, means_and_sums_of_stored_integers) {
    const Stored x = stored(DType::i8, {1, 2, 2, 2}, 0.5f, 1, {1, -128, 3, -128, 5, -128, 7, -128});
    const Attrs middle{{"axes", Ints{1, 2}}};
    EXPECT_EQ(compute_stored(op::ReduceMean, {x}, per_tensor(0.5f, 1), middle), (std::vector<int64_t>{4, -128}));
    EXPECT_EQ(compute_stored(op::ReduceSum, {x}, per_tensor(0.5f, 1), middle), (std::vector<int64_t>{13, -128}));
    const Stored small = stored(DType::i8, {3}, 0.5f, 0, {2, 4, -6});  // 1 * 2 * -3
    EXPECT_EQ(compute_stored(op::ReduceProd, {small}, per_tensor(0.125f, 0), {{"axes", Ints{0}}}), (std::vector<int64_t>{-48}));
}

TEST(IntegerRows, padding_stands_for_the_value) {
    const Stored x = stored(DType::i8, {2}, 0.5f, 7, {1, 2});
    const auto padded = [&](double value) {
        return compute_stored(op::Pad, {x}, {}, {{"before", Ints{1}}, {"after", Ints{0}}, {"value", value}})[0];
    };
    EXPECT_EQ(padded(0), 7);
    EXPECT_EQ(padded(-2), 3);
    EXPECT_EQ(padded(1000), 127);
}

TEST(IntegerRows, concatenation_brings_bytes_to_the_scale_of_the_result) {
    const Stored a = stored(DType::u8, {2}, 1, 100, {101, 255}), b = stored(DType::u8, {2}, 2, 0, {1, 200});
    EXPECT_EQ(compute_stored(op::Concat, {a, b}, per_tensor(1, 100), {{"axis", int64_t{0}}}),
              (std::vector<int64_t>{101, 255, 102, 255}));
}

}  // namespace
}  // namespace tinsmith

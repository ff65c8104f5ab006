// The elementwise operators: broadcasting against a plain loop over indices, integer edge cases, and activations.
#include "ir/builder.hpp"
#include "op/activation.hpp"
#include "op/list.hpp"
#include "op/walk.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace tinsmith {
namespace {

struct Draw {
    uint32_t seed = std::random_device{}();
    std::mt19937 random{seed};
    int64_t operator()(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }
};

Buffer random_elements(Draw& draw, const Type& type, std::pair<double, double> domain) {
    const int64_t n = type.elements();
    const auto fill = [&](auto zero) {
        using T = decltype(zero);
        std::vector<T> v(static_cast<size_t>(n));
        for (T& x : v) x = static_cast<T>(std::is_signed_v<T> ? draw(-100, 100) : draw(0, 200));
        return Buffer::of(std::move(v));
    };
    switch (type.dtype) {
        case DType::f32: {
            std::vector<float> v(static_cast<size_t>(n));
            for (float& x : v)
                x = static_cast<float>(std::uniform_real_distribution<double>(domain.first, domain.second)(draw.random));
            return Buffer::of(std::move(v));
        }
        case DType::boolean: {
            std::vector<uint8_t> v(static_cast<size_t>(n));
            for (uint8_t& x : v) x = static_cast<uint8_t>(draw(0, 1));
            return Buffer::of(std::move(v));
        }
        case DType::i8: return fill(int8_t{});
        case DType::u8: return fill(uint8_t{});
        case DType::i16: return fill(int16_t{});
        case DType::u16: return fill(uint16_t{});
        case DType::i32: return fill(int32_t{});
        case DType::u32: return fill(uint32_t{});
        case DType::i64: return fill(int64_t{});
        default: return fill(uint64_t{});
    }
}

// Element types that the operator takes for its last operand (the first one of Where is always bool).
constexpr DType plain_types[] = {DType::f32, DType::i8,  DType::u8,  DType::i16, DType::u16,
                                 DType::i32, DType::u32, DType::i64, DType::u64, DType::boolean};

Attrs attrs_of(const OpDef& def) { return def.name == "Cast" ? Attrs{{"to", std::string("i16")}} : Attrs{}; }

// The bytes of element `from` of a constant.
std::span<const std::byte> element(const Graph& g, ValueId id, int64_t at) {
    const size_t size = dtype_bits(g.type(id).dtype) / 8;
    return g.value(id).data->bytes().subspan(static_cast<size_t>(at) * size, size);
}

// Where element `i` of the output lies in an operand that broadcasts to it.
int64_t source_index(const Shape& out, const Shape& in, int64_t i) {
    int64_t at = 0, step = 1;
    for (size_t d = 1; d <= out.size(); ++d) {
        const int64_t index = i % out[out.size() - d];
        i /= out[out.size() - d];
        if (d > in.size()) continue;
        if (in[in.size() - d] != 1) at += index * step;
        step *= in[in.size() - d];
    }
    return at;
}

// Random operands of one element type whose shapes broadcast; a third of them of one shape, a third with a scalar.
std::vector<Type> random_types(Draw& draw, const OpDef& def, DType dtype) {
    Shape full(static_cast<size_t>(draw(0, 5)));
    for (int64_t& extent : full) extent = draw(1, 4);
    const int64_t kind = draw(0, 2);
    std::vector<Type> types;
    for (size_t k = 0; k < def.operands.size(); ++k) {
        Shape shape = full;
        if (kind == 1 && k > 0) shape.clear();
        for (int64_t& extent : shape)
            if (kind == 2 && draw(0, 1) == 0 && !(k == 0 && def.name == "PRelu")) extent = 1;
        types.push_back({def.name == "Where" && k == 0 ? DType::boolean : dtype, std::move(shape), {}});
    }
    if (def.name == "Atan2") types[1] = types[0];
    return types;
}

// Each element of a broadcast result is what the operator gives for the elements at its place.
TEST(Elementwise, agrees_with_itself_element_by_element) {
    Draw draw;
    SCOPED_TRACE(testing::Message() << "seed " << draw.seed);
    for (const OpDef* def : all_ops()) {
        if (!def->elementwise || !def->eval) continue;
        for (DType dtype : plain_types) {
            for (int round = 0; round < 12; ++round) {
                Graph g;
                Builder b(g);
                std::vector<ValueId> in;
                for (Type& type : random_types(draw, *def, dtype)) {
                    Buffer data = random_elements(draw, type, def->domain);
                    in.push_back(b.constant(std::move(type), std::move(data)));
                }
                ValueId y;
                try {
                    y = b.add(*def, in, attrs_of(*def));
                } catch (const Error&) {
                    break;  // not an element type of this operator
                }
                ASSERT_TRUE(g.is_constant(y)) << def->name;
                const Type out = g.type(y);
                ASSERT_EQ(g.value(y).data->size(), out.bytes()) << def->name;
                for (int64_t i = 0; i < out.elements(); ++i) {
                    std::vector<ValueId> one;
                    for (ValueId id : in) {
                        const Type type = g.type(id);
                        one.push_back(b.constant({type.dtype, {}, {}},
                                                 Buffer::copy_of(element(g, id, source_index(out.shape, type.shape, i)))));
                    }
                    const ValueId expected = b.add(*def, one, attrs_of(*def));
                    const auto got = element(g, y, i), want = element(g, expected, 0);
                    ASSERT_TRUE(std::equal(got.begin(), got.end(), want.begin(), want.end()))
                        << def->name << " " << dtype_name(dtype) << " at " << i << " of " << to_string(out);
                }
            }
        }
    }
}

TEST(Elementwise, empty_tensors_stay_empty) {
    for (const OpDef* def : all_ops()) {
        if (!def->elementwise || !def->eval) continue;
        Graph g;
        Builder b(g);
        std::vector<ValueId> in;
        for (size_t k = 0; k < def->operands.size(); ++k) {
            const bool boolean =
                def->name == "And" || def->name == "Or" || def->name == "Not" || (def->name == "Where" && k == 0);
            const bool integer = def->name == "BitwiseXor" || def->name == "RightShift";
            in.push_back(b.splat(1, {boolean ? DType::boolean : integer ? DType::i32 : DType::f32, {2, 0, 3}, {}}));
        }
        const ValueId y = b.add(*def, in, attrs_of(*def));
        EXPECT_EQ(g.type(y).shape, (Shape{2, 0, 3})) << def->name;
    }
}

template <class T>
std::vector<int64_t> integers(const OpDef& def, DType dtype, std::vector<T> a, std::vector<T> b) {
    Graph g;
    Builder builder(g);
    const auto operand = [&](std::vector<T> v) {
        const Shape shape{static_cast<int64_t>(v.size())};
        return builder.constant({dtype, shape, {}}, Buffer::of(std::move(v)));
    };
    return g.constant_ints(builder.add(def, {operand(std::move(a)), operand(std::move(b))}));
}

TEST(Elementwise, integer_division_has_a_result_for_everything) {
    constexpr int32_t least = std::numeric_limits<int32_t>::min();
    const std::vector<int32_t> a{7, -7, 7, -7, least, 5, 0}, b{2, 2, -2, -2, -1, 0, 0};
    EXPECT_EQ(integers(op::Div, DType::i32, a, b), (Ints{3, -3, -3, 3, least, 0, 0}));
    EXPECT_EQ(integers(op::FloorDiv, DType::i32, a, b), (Ints{3, -4, -4, 3, least, 0, 0}));
    EXPECT_EQ(integers(op::FloorMod, DType::i32, a, b), (Ints{1, 1, -1, -1, 0, 0, 0}));
    EXPECT_EQ(integers<uint8_t>(op::Div, DType::u8, {200, 200}, {7, 0}), (Ints{28, 0}));
}

TEST(Elementwise, integer_powers_wrap_around) {
    EXPECT_EQ(integers<int64_t>(op::Pow, DType::i64, {3, -2, 2, 1, -1, -1, 5, 0}, {4, 3, 64, -7, -7, -6, -1, 0}),
              (Ints{81, -8, 0, 1, -1, 1, 0, 1}));
    EXPECT_EQ(integers<uint8_t>(op::Pow, DType::u8, {2, 3}, {8, 5}), (Ints{0, 243}));
}

TEST(Elementwise, shifts_stay_within_the_type) {
    EXPECT_EQ(integers<int32_t>(op::RightShift, DType::i32, {-8, -8, 8, 8}, {1, 99, -3, 2}), (Ints{-4, -1, 8, 2}));
    EXPECT_EQ(integers<uint64_t>(op::RightShift, DType::u64, {uint64_t{1} << 63, 6}, {63, 1}), (Ints{1, 3}));
}

TEST(Activation, agrees_with_the_exact_functions) {
    std::vector<float> x{0, -0.0f, 1e-6f, -1e-6f, 1e-3f, -1e-3f, 50, -50, 300, -300, 1e30f, -1e30f};
    for (int i = -8000; i <= 8000; i += 7) x.push_back(static_cast<float>(i) / 1000);
    const struct {
        const OpDef* op;
        double (*exact)(double);
    } cases[] = {
        {&op::Exp, [](double v) { return std::exp(v); }},
        {&op::Sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }},
        {&op::Tanh, [](double v) { return std::tanh(v); }},
        {&op::Elu, [](double v) { return v < 0 ? std::expm1(v) : v; }},
        {&op::Gelu, [](double v) { return 0.5 * v * std::erfc(-v / std::sqrt(2.0)); }},
        {&op::Erf, [](double v) { return std::erf(v); }},
    };
    for (const auto& [def, exact] : cases) {
        Graph g;
        Builder b(g);
        const std::vector<float> y = g.constant_floats(b.add(*def, {b.floats(x, {static_cast<int64_t>(x.size())})}));
        for (size_t i = 0; i < x.size(); ++i) {
            const double want = exact(x[i]);
            if (std::abs(want) < std::numeric_limits<float>::max())
                EXPECT_NEAR(y[i], want, 5e-7 * std::abs(want) + 1e-7 * std::min(1.0, std::abs(double{x[i]})))
                    << def->name << " of " << x[i];
            else
                EXPECT_GT(y[i], 3e38f) << def->name << " of " << x[i];
        }
    }
}

TEST(Cast, limits_floats_and_wraps_integers) {
    Graph g;
    Builder b(g);
    const float infinity = std::numeric_limits<float>::infinity();
    const ValueId x = b.floats({-1.9f, 1.9f, 300, -infinity, infinity, std::nanf("")}, {6});
    EXPECT_EQ(g.constant_ints(b.add(op::Cast, {x}, {{"to", std::string("u8")}})), (Ints{0, 1, 255, 0, 255, 255}));
    EXPECT_EQ(g.constant_ints(b.add(op::Cast, {x}, {{"to", std::string("i8")}})), (Ints{-1, 1, 127, -128, 127, 127}));
    EXPECT_EQ(g.constant_ints(b.add(op::Cast, {x}, {{"to", std::string("bool")}})), (Ints{1, 1, 1, 1, 1, 1}));
    const ValueId n = b.ints({-1, 256, 511}, {3});
    EXPECT_EQ(g.constant_ints(b.add(op::Cast, {n}, {{"to", std::string("u8")}})), (Ints{255, 0, 255}));
    EXPECT_THROW(b.add(op::Cast, {n}, {{"to", std::string("word")}}), Error);
}

TEST(Quantize, comes_back_within_half_a_step) {
    Draw draw;
    SCOPED_TRACE(testing::Message() << "seed " << draw.seed);
    Graph g;
    Builder b(g);
    const Type type{DType::f32, {3, 4, 5}, {}};
    const ValueId x = b.constant(type, random_elements(draw, type, {-1, 1}));
    const Floats scale{0.01, 0.02, 0.05, 0.1};
    const ValueId q = b.add(op::Quantize, {x},
                            {{"dtype", std::string("i8")}, {"scale", scale}, {"zero_point", Ints{0, 1, -2, 3}}, {"axis", 1}});
    Type stored = g.type(q);
    ASSERT_TRUE(stored.quant.has_value());
    const Buffer data = evaluate(g, g.nodes.back(), {stored})[0];
    const ValueId y = b.add(op::Dequantize, {b.constant(stored, data)});
    const Node node = g.is_constant(y) ? Node{} : g.nodes.back();
    const Buffer real = g.is_constant(y) ? *g.value(y).data : evaluate(g, node, {g.type(y)})[0];
    const auto* got = reinterpret_cast<const float*>(real.bytes().data());
    const std::vector<float> want = g.constant_floats(x);
    for (size_t i = 0; i < want.size(); ++i) EXPECT_LE(std::abs(got[i] - want[i]), scale[i / 5 % 4] / 2 + 1e-6) << i;
    EXPECT_THROW(b.add(op::Quantize, {x}, {{"scale", Floats{0.0}}, {"zero_point", Ints{0}}}), Error);
    EXPECT_THROW(b.add(op::Quantize, {x}, {{"scale", scale}, {"zero_point", Ints{0}}, {"axis", 1}}), Error);
    EXPECT_THROW(b.add(op::Dequantize, {b.ints({1}, {1})}), Error);
}

TEST(Activation, clamps_every_number_type) {
    Graph g;
    Builder b(g);
    const Attrs relu6{{"activation", std::string("relu6")}}, n1_to_1{{"activation", std::string("relu_n1_to_1")}};
    const ValueId x = b.ints({-9, 0, 3, 9}, {4}), zero = b.scalar(0, DType::i32);
    EXPECT_EQ(g.constant_ints(b.add(op::Add, {x, zero}, relu6)), (Ints{0, 0, 3, 6}));
    EXPECT_EQ(g.constant_ints(b.add(op::Sub, {x, zero}, n1_to_1)), (Ints{-1, 0, 1, 1}));
    const ValueId u = b.splat(200, {DType::u8, {2}, {}});
    EXPECT_EQ(g.constant_ints(b.add(op::Mul, {u, b.scalar(1, DType::u8)}, n1_to_1)), (Ints{1, 1}));
    EXPECT_EQ(g.constant_ints(b.add(op::Relu, {u})), (Ints{200, 200}));
    EXPECT_THROW(b.add(op::Add, {x, zero}, {{"activation", std::string("swish")}}), Error);
}

TEST(BroadcastWalk, equal_shapes_and_scalars_are_one_row) {
    const Shape full{2, 3, 4}, scalar{}, column{2, 1, 1}, row{4};
    EXPECT_EQ(broadcast_walk(full, {&full, &full}).rank, 1);
    EXPECT_EQ(broadcast_walk(full, {&full, &scalar}).rank, 1);
    EXPECT_EQ(broadcast_walk(full, {&full, &column}).rank, 2);
    EXPECT_EQ(broadcast_walk(full, {&row, &full}).rank, 2);
}

}  // namespace
}  // namespace tinsmith

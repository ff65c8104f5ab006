// Layers on stored integers against their sums written directly, on random configurations with saturating values, odd zero points
// and every activation. The seed is printed with every failure.
#include "ir/builder.hpp"
#include "op/integer.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tinsmith {
namespace {

using Index = std::vector<int64_t>;

struct Stored {
    Type type;
    std::vector<int64_t> values;
    int64_t at(const Index& index) const {
        int64_t i = 0;
        for (size_t d = 0; d < index.size(); ++d) i = i * type.shape[d] + index[d];
        return values[static_cast<size_t>(i)];
    }
    int64_t zero() const { return type.quant->zero_point[0]; }
    float scale(int64_t channel) const {
        return type.quant->scale[type.quant->scale.size() == 1 ? 0 : static_cast<size_t>(channel)];
    }
    // The element less the zero point; 0 on the padding of the spatial axes.
    int64_t inside(const Index& index) const {
        for (size_t d = 1; d < 3; ++d)
            if (index[d] < 0 || index[d] >= type.shape[d]) return 0;
        return at(index) - zero();
    }
};

struct Draw {
    unsigned seed = std::random_device{}();
    std::mt19937 random{seed};
    int64_t operator()(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }
    float scale() { return std::exp(std::uniform_real_distribution<float>(-7, -2)(random)); }
    int64_t zero(DType dtype) { return dtype == DType::i16 ? 0 : (*this)(stored_range(dtype).low, stored_range(dtype).high); }
    // Values of the whole range, or of its two ends alone.
    Stored tensor(DType dtype, Shape shape, std::optional<int64_t> zero_point = {}) {
        const auto [low, high] = stored_range(dtype);
        const bool ends = (*this)(0, 2) == 0;
        Stored s{{dtype, std::move(shape), Quant{{scale()}, {zero_point.value_or(zero(dtype))}, -1}}, {}};
        for (int64_t n = s.type.elements(); n-- > 0;)
            s.values.push_back(ends ? ((*this)(0, 1) ? low : high) : (*this)(low, high));
        return s;
    }
    // Weights for x of `dtype`, mostly with a scale for each index along `axis`.
    Stored weights(DType dtype, Shape shape, int axis) {
        if (dtype == DType::u8) return tensor(dtype, std::move(shape));
        Stored s = tensor(DType::i8, std::move(shape), 0);
        if ((*this)(0, 3) == 0) return s;
        const size_t channels = static_cast<size_t>(s.type.shape[static_cast<size_t>(axis)]);
        s.type.quant = Quant{{}, std::vector<int64_t>(channels, 0), axis};
        for (size_t c = 0; c < channels; ++c) s.type.quant->scale.push_back(scale());
        return s;
    }
    Stored bias(DType dtype, int64_t channels) {
        Stored s{{dtype, {channels}, {}}, {}};
        for (int64_t c = 0; c < channels; ++c) s.values.push_back((*this)(-20000, 20000));
        return s;
    }
};

ValueId add(Graph& g, const Stored& s) {
    std::vector<std::byte> bytes(s.type.bytes());
    const size_t width = dtype_bits(s.type.dtype) / 8;
    for (size_t i = 0; i < s.values.size(); ++i) std::memcpy(bytes.data() + i * width, &s.values[i], width);
    return g.add_constant({}, s.type, Buffer::of(std::move(bytes)));
}

struct Sums {
    double scale;  // of the sum at this place
    int64_t sum;
};

// Evaluates the node and compares every element with what becomes of `sum(index)`.
template <class Sum>
void expect(const OpDef& def, const std::vector<const Stored*>& operands, Attrs attrs, Draw& draw, bool wide, Sum sum) {
    Graph g;
    Node node{&def, {}, {}, std::move(attrs), {}};
    for (const Stored* s : operands) node.inputs.push_back(s ? add(g, *s) : no_value);
    std::vector<Type> types = infer_types(g, node);
    const DType dtype = operands[0]->type.dtype;
    ASSERT_EQ(types[0].dtype, dtype);
    types[0].quant = Quant{{draw.scale() * static_cast<float>(draw(1, 200))}, {draw.zero(dtype)}, -1};
    const ValueId y = g.add_constant({}, types[0], evaluate(g, node, types)[0]);
    const std::vector<int64_t> got = g.constant_ints(y);
    const StoredRange range = stored_range(node, types[0]);
    Index at(types[0].shape.size(), 0);
    for (int64_t have : got) {
        const Sums s = sum(at);
        const tin_multiplier m = quantised_multiplier(s.scale / scale_of(types[0]));
        const int64_t scaled = wide ? tin_scale_wide(s.sum, m) : tin_scale(static_cast<int32_t>(s.sum), m);
        const int64_t want = std::clamp<int64_t>(scaled + types[0].quant->zero_point[0], range.low, range.high);
        ASSERT_EQ(have, want) << def.name << " of " << dtype_name(dtype) << " at " << to_string(at);
        for (size_t d = at.size(); d-- > 0 && ++at[d] == types[0].shape[d];) at[d] = 0;
    }
}

const char* const activations[] = {"none", "relu", "relu6", "relu_n1_to_1"};

// Runs `body(draw, type of x, type of the bias)` for each kind of layer.
template <class Body>
void each_kind(int times, Body body) {
    Draw draw;
    SCOPED_TRACE(fmt::format("seed {}", draw.seed));
    const std::pair<DType, DType> kinds[] = {
        {DType::i8, DType::i32}, {DType::u8, DType::i32}, {DType::i16, DType::i64}, {DType::i16, DType::i32}};
    for (int i = 0; i < times && !testing::Test::HasFatalFailure(); ++i)
        for (auto [x, bias] : kinds) body(draw, x, bias);
}

// A product of the scales of x and the weights, as TFLite computes it: in double, but for u8 in single precision.
double product(const Stored& x, const Stored& weights, int64_t channel) {
    if (x.type.dtype == DType::u8) return static_cast<double>(x.scale(0) * weights.scale(channel));
    return static_cast<double>(x.scale(0)) * static_cast<double>(weights.scale(channel));
}

struct Window {
    int64_t kernel[2], stride[2], dilation[2];
    Ints pads;
    Shape in;  // extents that the window fits on
    Window(Draw& draw, bool dilates) : pads(4) {
        for (size_t i = 0; i < 2; ++i) {
            kernel[i] = draw(1, 3);
            stride[i] = draw(1, 3);
            dilation[i] = dilates ? draw(1, 2) : 1;
            pads[i] = draw(0, kernel[i] - 1);
            pads[i + 2] = draw(0, kernel[i] - 1);
            in.push_back(draw((kernel[i] - 1) * dilation[i] + 1, 6));
        }
    }
    Attrs attrs(Draw& draw) const {
        return {{"strides", Ints{stride[0], stride[1]}}, {"pads", pads}, {"activation", std::string(activations[draw(0, 3)])}};
    }
    // visit(ky, kx, cell), cell without its channel
    template <class Visit>
    void cells(const Index& at, Visit visit) const {
        for (int64_t ky = 0; ky < kernel[0]; ++ky)
            for (int64_t kx = 0; kx < kernel[1]; ++kx)
                visit(ky, kx,
                      Index{at[0], at[1] * stride[0] + ky * dilation[0] - pads[0],
                            at[2] * stride[1] + kx * dilation[1] - pads[1], 0});
    }
};

TEST(IntegerConv, IsItsFormula) {
    each_kind(25, [](Draw& draw, DType dtype, DType bias_type) {
        const Window w(draw, true);
        const int64_t group = draw(1, 2), in = draw(1, 20), out = draw(1, 6);
        const Stored x = draw.tensor(dtype, {draw(1, 2), w.in[0], w.in[1], group * in});
        const Stored weights = draw.weights(dtype, {group * out, w.kernel[0], w.kernel[1], in}, 0);
        const Stored bias = draw.bias(bias_type, group * out);
        const bool biased = bias_type == DType::i32 && dtype == DType::i16 ? true : draw(0, 3) > 0;
        Attrs attrs = w.attrs(draw);
        attrs.set("group", group);
        attrs.set("dilations", Ints{w.dilation[0], w.dilation[1]});
        expect(op::Conv, {&x, &weights, biased ? &bias : nullptr}, attrs, draw, bias_type == DType::i64, [&](const Index& at) {
            int64_t sum = biased ? bias.at({at[3]}) : 0;
            w.cells(at, [&](int64_t ky, int64_t kx, Index cell) {
                for (int64_t i = 0; i < in; ++i) {
                    cell[3] = at[3] / out * in + i;
                    sum += x.inside(cell) * (weights.at({at[3], ky, kx, i}) - weights.zero());
                }
            });
            return Sums{product(x, weights, at[3]), sum};
        });
    });
}

TEST(IntegerDepthwiseConv, IsItsFormula) {
    each_kind(25, [](Draw& draw, DType dtype, DType bias_type) {
        const Window w(draw, true);
        const int64_t in = draw(1, 40), multiplier = draw(0, 1) ? 1 : draw(2, 3);
        const Stored x = draw.tensor(dtype, {draw(1, 2), w.in[0], w.in[1], in});
        const Stored weights = draw.weights(dtype, {1, w.kernel[0], w.kernel[1], in * multiplier}, 3);
        const Stored bias = draw.bias(bias_type, in * multiplier);
        Attrs attrs = w.attrs(draw);
        attrs.set("dilations", Ints{w.dilation[0], w.dilation[1]});
        expect(op::DepthwiseConv, {&x, &weights, &bias}, attrs, draw, bias_type == DType::i64, [&](const Index& at) {
            int64_t sum = bias.at({at[3]});
            w.cells(at, [&](int64_t ky, int64_t kx, Index cell) {
                cell[3] = at[3] / multiplier;
                sum += x.inside(cell) * (weights.at({0, ky, kx, at[3]}) - weights.zero());
            });
            return Sums{product(x, weights, at[3]), sum};
        });
    });
}

TEST(IntegerConvTranspose, IsItsFormula) {
    each_kind(25, [](Draw& draw, DType dtype, DType bias_type) {
        const Window w(draw, false);
        const int64_t in = draw(1, 20), out = draw(1, 6);
        const Stored x = draw.tensor(dtype, {draw(1, 2), w.in[0], w.in[1], in});
        const Stored weights = draw.weights(dtype, {out, w.kernel[0], w.kernel[1], in}, 0);
        const Stored bias = draw.bias(bias_type, out);
        for (size_t i = 0; i < 2; ++i)
            if ((w.in[i] - 1) * w.stride[i] + w.kernel[i] - w.pads[i] - w.pads[i + 2] < 1) return;
        expect(op::ConvTranspose, {&x, &weights, &bias}, w.attrs(draw), draw, bias_type == DType::i64, [&](const Index& at) {
            int64_t sum = bias.at({at[3]});
            for (int64_t iy = 0; iy < w.in[0]; ++iy)
                for (int64_t ix = 0; ix < w.in[1]; ++ix) {
                    const int64_t ky = at[1] - iy * w.stride[0] + w.pads[0], kx = at[2] - ix * w.stride[1] + w.pads[1];
                    if (ky < 0 || ky >= w.kernel[0] || kx < 0 || kx >= w.kernel[1]) continue;
                    for (int64_t i = 0; i < in; ++i)
                        sum += x.inside({at[0], iy, ix, i}) * (weights.at({at[3], ky, kx, i}) - weights.zero());
                }
            return Sums{product(x, weights, at[3]), sum};
        });
    });
}

TEST(IntegerFullyConnected, IsItsFormula) {
    each_kind(40, [](Draw& draw, DType dtype, DType bias_type) {
        if (dtype == DType::u8) return;  // below
        const int64_t in = draw(1, 600), out = draw(1, 9);
        const Stored x = draw.tensor(dtype, {draw(1, 3), in});
        Stored weights = draw.weights(dtype, {out, in}, 0);
        const bool one = weights.type.quant->scale.size() == 1;
        if (one && dtype == DType::i8) weights.type.quant->zero_point[0] = draw.zero(DType::i8);
        const Stored bias = draw.bias(bias_type, out);
        expect(op::FullyConnected, {&x, &weights, &bias}, {{"activation", std::string(activations[draw(0, 3)])}}, draw,
               bias_type == DType::i64, [&](const Index& at) {
                   int64_t sum = bias.at({at[1]});
                   for (int64_t i = 0; i < in; ++i)
                       sum += (x.at({at[0], i}) - x.zero()) * (weights.at({at[1], i}) - weights.zero());
                   const double single = static_cast<double>(x.scale(0) * weights.scale(at[1]));
                   return Sums{one ? single : product(x, weights, at[1]), sum};
               });
    });
}

TEST(IntegerFullyConnected, RoundsOnceInUnsignedBytes) {
    Draw draw;
    SCOPED_TRACE(fmt::format("seed {}", draw.seed));
    Graph g;
    const Stored x = draw.tensor(DType::u8, {3, 50}), weights = draw.tensor(DType::u8, {5, 50});
    Node node{&op::FullyConnected, {add(g, x), add(g, weights)}, {}, {}, {}};
    std::vector<Type> types = infer_types(g, node);
    types[0].quant = Quant{{draw.scale() * 20}, {draw.zero(DType::u8)}, -1};
    const std::vector<int64_t> got = g.constant_ints(g.add_constant({}, types[0], evaluate(g, node, types)[0]));
    for (int64_t r = 0; r < 3; ++r)
        for (int64_t o = 0; o < 5; ++o) {
            int64_t sum = 0;
            for (int64_t i = 0; i < 50; ++i) sum += (x.at({r, i}) - x.zero()) * (weights.at({o, i}) - weights.zero());
            const double real = std::round(static_cast<double>(sum) * (product(x, weights, 0) / scale_of(types[0])));
            const double want = std::clamp(real + static_cast<double>(types[0].quant->zero_point[0]), 0.0, 255.0);
            EXPECT_EQ(got[static_cast<size_t>(r * 5 + o)], static_cast<int64_t>(want)) << r << " " << o;
        }
}

TEST(IntegerMatMul, IsItsFormula) {
    each_kind(30, [](Draw& draw, DType dtype, DType other) {
        if (dtype == DType::u8) return;
        const int64_t m = draw(1, 5), k = draw(1, 50), n = draw(1, 40), batch = draw(1, 3);
        const bool adj_x = draw(0, 1) != 0, adj_y = draw(0, 1) != 0;
        const Stored a = draw.tensor(dtype, adj_x ? Shape{batch, k, m} : Shape{batch, m, k});
        const DType b_type = other == DType::i32 ? DType::i8 : dtype;
        const Stored b =
            draw.tensor(b_type, adj_y ? Shape{1, n, k} : Shape{1, k, n}, dtype == DType::i16 ? std::optional(0) : std::nullopt);
        expect(op::MatMul, {&a, &b}, {{"adj_x", adj_x}, {"adj_y", adj_y}}, draw, dtype == DType::i16, [&](const Index& at) {
            int64_t sum = 0;
            for (int64_t i = 0; i < k; ++i)
                sum += (a.at(adj_x ? Index{at[0], i, at[1]} : Index{at[0], at[1], i}) - a.zero()) *
                       (b.at(adj_y ? Index{0, at[2], i} : Index{0, i, at[2]}) - b.zero());
            return Sums{static_cast<double>(a.scale(0) * b.scale(0)), sum};
        });
    });
}

TEST(IntegerPools, MeanAndLargestOfWhatLiesOnTheTensor) {
    each_kind(25, [](Draw& draw, DType dtype, DType) {
        const Window w(draw, false);
        const Stored x = draw.tensor(dtype, {draw(1, 2), w.in[0], w.in[1], draw(1, 70)});
        for (const OpDef* def : {&op::AveragePool, &op::MaxPool}) {
            Graph g;
            Node node{def, {add(g, x)}, {}, w.attrs(draw), {}};
            node.attrs.set("kernel", Ints{w.kernel[0], w.kernel[1]});
            const std::vector<Type> types = infer_types(g, node);
            ASSERT_EQ(types[0].quant, x.type.quant);
            const std::vector<int64_t> got = g.constant_ints(g.add_constant({}, types[0], evaluate(g, node, types)[0]));
            const StoredRange range = stored_range(node, types[0]);
            Index at(4, 0);
            for (int64_t have : got) {
                double sum = 0, count = 0, most = -1e9;
                w.cells(at, [&](int64_t, int64_t, Index cell) {
                    if (cell[1] < 0 || cell[1] >= w.in[0] || cell[2] < 0 || cell[2] >= w.in[1]) return;
                    cell[3] = at[3];
                    const auto value = static_cast<double>(x.at(cell));
                    sum += value;
                    count += 1;
                    most = std::max(most, value);
                });
                const double want = def == &op::MaxPool ? most : std::round(sum / count);
                ASSERT_EQ(have, static_cast<int64_t>(std::clamp<double>(want, range.low, range.high)))
                    << def->name << to_string(at);
                for (size_t d = 4; d-- > 0 && ++at[d] == types[0].shape[d];) at[d] = 0;
            }
        }
    });
}

}  // namespace
}  // namespace tinsmith

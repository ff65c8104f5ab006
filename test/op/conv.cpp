// Convolutions, pools, matrix products, recurrent layers and non-maximum suppression against their formulas written directly, in
// double precision, on random configurations. The seed is printed with every failure.
#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace tinsmith {
namespace {

using Index = std::vector<int64_t>;

struct Draw {
    unsigned seed = std::random_device{}();
    std::mt19937 random{seed};
    int64_t operator()(int64_t low, int64_t high) { return std::uniform_int_distribution<int64_t>(low, high)(random); }
    std::vector<float> floats(const Shape& shape) {
        std::vector<float> v(static_cast<size_t>(element_count(shape)));
        for (float& x : v) x = std::uniform_real_distribution<float>(-1, 1)(random);
        return v;
    }
};

template <class Visit>
void for_each_index(const Shape& shape, Visit visit) {
    Index at(shape.size(), 0);
    for (int64_t i = 0, n = element_count(shape); i < n; ++i) {
        visit(at);
        for (size_t d = shape.size(); d-- > 0 && ++at[d] == shape[d];) at[d] = 0;
    }
}

struct Tensor {
    Shape shape;
    std::vector<float> data;
    Tensor(Shape s, Draw& draw) : shape(std::move(s)), data(draw.floats(shape)) {}
    ValueId add(Builder& b) const { return b.floats(data, shape); }
    double at(const Index& index) const {
        int64_t i = 0;
        for (size_t d = 0; d < shape.size(); ++d) i = i * shape[d] + index[d];
        return data[static_cast<size_t>(i)];
    }
    // The element, or nothing outside along the spatial axes 1 to rank - 2.
    std::optional<double> inside(const Index& index) const {
        for (size_t d = 1; d + 1 < shape.size(); ++d)
            if (index[d] < 0 || index[d] >= shape[d]) return std::nullopt;
        return at(index);
    }
};

// Evaluates the operator and compares every element with `expected(index)`.
template <class Expected>
void expect(const OpDef& def, const std::vector<const Tensor*>& operands, const Attrs& attrs, Expected expected) {
    Graph g;
    Builder b(g);
    std::vector<ValueId> in;
    for (const Tensor* t : operands) in.push_back(t ? t->add(b) : no_value);
    const ValueId y = b.add(def, in, attrs);
    ASSERT_TRUE(g.is_constant(y));
    const std::vector<float> got = g.constant_floats(y);
    size_t i = 0;
    for_each_index(b.shape(y), [&](const Index& at) {
        const double want = expected(at);
        ASSERT_NEAR(got[i++], want, 1e-4 * std::max(1.0, std::abs(want))) << def.name << " at " << to_string(at);
    });
}

template <class Body>
void repeated(int times, Body body) {
    Draw draw;
    SCOPED_TRACE(fmt::format("seed {}", draw.seed));
    for (int i = 0; i < times && !testing::Test::HasFatalFailure(); ++i) body(draw);
}

// A window over `axes` axes that fits.
struct Window {
    Ints kernel, strides, dilations, pads;
    Shape in;
    Window(Draw& draw, size_t axes, bool dilates) {
        pads.resize(2 * axes);
        for (size_t i = 0; i < axes; ++i) {
            kernel.push_back(draw(1, 3));
            strides.push_back(draw(1, 3));
            dilations.push_back(dilates ? draw(1, 2) : 1);
            pads[i] = draw(0, kernel[i] - 1);
            pads[i + axes] = draw(0, kernel[i] - 1);
            in.push_back(draw((kernel[i] - 1) * dilations[i] + 1, 7));
        }
    }
    Shape with(int64_t batch, int64_t channels) const {
        Shape s{batch};
        s.insert(s.end(), in.begin(), in.end());
        s.push_back(channels);
        return s;
    }
    Index cell(const Index& at, const Index& k) const {
        Index out(at);
        for (size_t i = 0; i < kernel.size(); ++i) out[i + 1] = at[i + 1] * strides[i] + k[i] * dilations[i] - pads[i];
        return out;
    }
};

TEST(Conv, IsItsFormula) {
    repeated(60, [](Draw& draw) {
        const Window w(draw, 2, true);
        const int64_t group = draw(1, 3), in = draw(1, 9), out = draw(1, 5);
        const Tensor x(w.with(draw(1, 2), group * in), draw), bias({group * out}, draw);
        const Tensor weights({group * out, w.kernel[0], w.kernel[1], in}, draw);
        const bool biased = draw(0, 1) != 0, relu = draw(0, 1) != 0;
        expect(op::Conv, {&x, &weights, biased ? &bias : nullptr},
               {{"strides", w.strides},
                {"dilations", w.dilations},
                {"pads", w.pads},
                {"group", group},
                {"activation", std::string(relu ? "relu" : "none")}},
               [&](const Index& at) {
                   double sum = biased ? bias.at({at[3]}) : 0;
                   for_each_index({w.kernel[0], w.kernel[1], in}, [&](const Index& k) {
                       Index cell = w.cell(at, k);
                       cell[3] = at[3] / out * in + k[2];
                       sum += x.inside(cell).value_or(0) * weights.at({at[3], k[0], k[1], k[2]});
                   });
                   return relu ? std::max(0.0, sum) : sum;
               });
    });
}

TEST(DepthwiseConv, IsItsFormula) {
    repeated(60, [](Draw& draw) {
        const Window w(draw, 2, true);
        const int64_t in = draw(1, 9), multiplier = draw(1, 3);
        const Tensor x(w.with(draw(1, 2), in), draw), bias({in * multiplier}, draw);
        const Tensor weights({1, w.kernel[0], w.kernel[1], in * multiplier}, draw);
        expect(op::DepthwiseConv, {&x, &weights, &bias}, {{"strides", w.strides}, {"dilations", w.dilations}, {"pads", w.pads}},
               [&](const Index& at) {
                   double sum = bias.at({at[3]});
                   for_each_index(w.kernel, [&](const Index& k) {
                       Index cell = w.cell(at, k);
                       cell[3] = at[3] / multiplier;
                       sum += x.inside(cell).value_or(0) * weights.at({0, k[0], k[1], at[3]});
                   });
                   return sum;
               });
    });
}

TEST(Conv3D, IsItsFormula) {
    repeated(30, [](Draw& draw) {
        const Window w(draw, 3, true);
        const int64_t group = draw(1, 2), in = draw(1, 3), out = draw(1, 3);
        const Tensor x(w.with(1, group * in), draw), weights({w.kernel[0], w.kernel[1], w.kernel[2], in, group * out}, draw);
        expect(op::Conv3D, {&x, &weights},
               {{"strides", w.strides}, {"dilations", w.dilations}, {"pads", w.pads}, {"group", group}}, [&](const Index& at) {
                   double sum = 0;
                   for_each_index({w.kernel[0], w.kernel[1], w.kernel[2], in}, [&](const Index& k) {
                       Index cell = w.cell(at, k);
                       cell[4] = at[4] / out * in + k[3];
                       sum += x.inside(cell).value_or(0) * weights.at({k[0], k[1], k[2], k[3], at[4]});
                   });
                   return sum;
               });
    });
}

// The cell of x whose product with kernel cell k lands at `at` of the output, if there is one.
std::optional<Index> source(const Window& w, const Tensor& x, const Index& at, const Index& k) {
    Index from(at);
    for (size_t i = 0; i < w.kernel.size(); ++i) {
        const int64_t reached = at[i + 1] + w.pads[i] - k[i];
        if (reached % w.strides[i] != 0) return std::nullopt;
        from[i + 1] = reached / w.strides[i];
    }
    from.back() = 0;
    return x.inside(from) ? std::optional(from) : std::nullopt;
}

TEST(ConvTranspose, IsItsFormula) {
    repeated(60, [](Draw& draw) {
        Window w(draw, 2, false);
        for (int64_t& extent : w.in) extent += 2;
        const int64_t in = draw(1, 9), out = draw(1, 4);
        const Tensor x(w.with(draw(1, 2), in), draw), bias({out}, draw), weights({out, w.kernel[0], w.kernel[1], in}, draw);
        const Ints extra{draw(0, 2), draw(0, 2)};
        expect(op::ConvTranspose, {&x, &weights, &bias}, {{"strides", w.strides}, {"pads", w.pads}, {"output_padding", extra}},
               [&](const Index& at) {
                   double sum = bias.at({at[3]});
                   for_each_index({w.kernel[0], w.kernel[1], in}, [&](const Index& k) {
                       auto from = source(w, x, at, k);
                       if (!from) return;
                       from->back() = k[2];
                       sum += x.at(*from) * weights.at({at[3], k[0], k[1], k[2]});
                   });
                   return sum;
               });
    });
}

TEST(ConvTranspose3D, IsItsFormula) {
    repeated(20, [](Draw& draw) {
        Window w(draw, 3, false);
        for (int64_t& extent : w.in) extent = draw(2, 4);
        for (size_t i = 0; i < 3; ++i) w.pads[i] = w.pads[i + 3] = 0;
        const int64_t in = draw(1, 3), out = draw(1, 3);
        const Tensor x(w.with(1, in), draw), weights({w.kernel[0], w.kernel[1], w.kernel[2], out, in}, draw);
        expect(op::ConvTranspose3D, {&x, &weights}, {{"strides", w.strides}, {"pads", w.pads}}, [&](const Index& at) {
            double sum = 0;
            for_each_index({w.kernel[0], w.kernel[1], w.kernel[2], in}, [&](const Index& k) {
                auto from = source(w, x, at, k);
                if (!from) return;
                from->back() = k[3];
                sum += x.at(*from) * weights.at({k[0], k[1], k[2], at[4], k[3]});
            });
            return sum;
        });
    });
}

TEST(Pools, AreTheirFormulas) {
    repeated(60, [](Draw& draw) {
        const Window w(draw, 2, false);
        const Tensor x(w.with(draw(1, 2), draw(1, 9)), draw);
        const Attrs attrs{{"kernel", w.kernel}, {"strides", w.strides}, {"pads", w.pads}};
        auto cells = [&](const Index& at) {
            std::vector<double> found;
            for_each_index(w.kernel, [&](const Index& k) {
                if (auto v = x.inside(w.cell(at, k))) found.push_back(*v);
            });
            return found;
        };
        expect(op::MaxPool, {&x}, attrs, [&](const Index& at) {
            const auto all = cells(at);
            return *std::max_element(all.begin(), all.end());
        });
        expect(op::AveragePool, {&x}, attrs, [&](const Index& at) {
            const auto all = cells(at);
            return std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
        });
    });
}

TEST(FullyConnected, IsItsFormula) {
    repeated(40, [](Draw& draw) {
        const int64_t in = draw(1, 40), out = draw(1, 9);
        const Tensor x({draw(1, 3), draw(1, 5), in}, draw), weights({out, in}, draw), bias({out}, draw);
        expect(op::FullyConnected, {&x, &weights, &bias}, {}, [&](const Index& at) {
            double sum = bias.at({at[2]});
            for (int64_t i = 0; i < in; ++i) sum += x.at({at[0], at[1], i}) * weights.at({at[2], i});
            return sum;
        });
    });
}

TEST(MatMul, BroadcastsAndTransposes) {
    repeated(60, [](Draw& draw) {
        const int64_t m = draw(1, 6), k = draw(1, 20), n = draw(1, 6), outer = draw(1, 3), inner = draw(1, 3);
        const bool adj_x = draw(0, 1) != 0, adj_y = draw(0, 1) != 0;
        auto matrices = [&](int64_t rows, int64_t columns) {
            return Tensor({draw(0, 1) ? outer : 1, draw(0, 1) ? inner : 1, rows, columns}, draw);
        };
        const Tensor a = adj_x ? matrices(k, m) : matrices(m, k), b = adj_y ? matrices(n, k) : matrices(k, n);
        expect(op::MatMul, {&a, &b}, {{"adj_x", adj_x}, {"adj_y", adj_y}}, [&](const Index& at) {
            auto of = [&](const Tensor& t, int64_t row, int64_t column, bool adjoint) {
                const int64_t x = t.shape[0] == 1 ? 0 : at[0], y = t.shape[1] == 1 ? 0 : at[1];
                return t.at({x, y, adjoint ? column : row, adjoint ? row : column});
            };
            double sum = 0;
            for (int64_t i = 0; i < k; ++i) sum += of(a, at[2], i, adj_x) * of(b, i, at[3], adj_y);
            return sum;
        });
    });
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(RNN, IsItsFormula) {
    repeated(20, [](Draw& draw) {
        const int64_t batch = draw(1, 3), time = draw(1, 5), in = draw(1, 9), unit = draw(1, 5);
        const Tensor x({batch, time, in}, draw), w({unit, in}, draw), r({unit, unit}, draw), bias({unit}, draw),
            h0({batch, unit}, draw);
        std::vector<std::vector<double>> h(static_cast<size_t>(batch * (time + 1)),
                                           std::vector<double>(static_cast<size_t>(unit)));
        auto state = [&](int64_t b, int64_t t) -> std::vector<double>& { return h[static_cast<size_t>(b * (time + 1) + t)]; };
        for (int64_t b = 0; b < batch; ++b)
            for (int64_t t = 0; t <= time; ++t)
                for (int64_t u = 0; u < unit; ++u) {
                    double sum = t == 0 ? h0.at({b, u}) : bias.at({u});
                    for (int64_t i = 0; t > 0 && i < in; ++i) sum += w.at({u, i}) * x.at({b, t - 1, i});
                    for (int64_t i = 0; t > 0 && i < unit; ++i) sum += r.at({u, i}) * state(b, t - 1)[static_cast<size_t>(i)];
                    state(b, t)[static_cast<size_t>(u)] = t == 0 ? sum : std::tanh(sum);
                }
        expect(op::RNN, {&x, &w, &r, &bias, &h0}, {},
               [&](const Index& at) { return state(at[0], at[1] + 1)[static_cast<size_t>(at[2])]; });
    });
}

// One cell, so that every weight is a number: peepholes, projection and clips included.
TEST(LSTM, IsItsFormula) {
    repeated(40, [](Draw& draw) {
        const int64_t time = draw(1, 5);
        const bool coupled = draw(0, 1) != 0, peeps = draw(0, 1) != 0, projects = draw(0, 1) != 0, time_major = draw(0, 1) != 0;
        const double cell_clip = draw(0, 1) ? 0.5 : 0;
        const Tensor x(time_major ? Shape{time, 1, 1} : Shape{1, time, 1}, draw), one({1}, draw), matrix({1, 1}, draw);
        std::vector<Tensor> t;
        for (int i = 0; i < 20; ++i) t.emplace_back(i >= 9 && (i < 16 || i == 17) ? Shape{1} : Shape{1, 1}, draw);
        std::vector<const Tensor*> operands{&x};
        auto absent = [&](int i) {
            return (coupled && (i == 1 || i == 5 || i == 9 || i == 12)) || (!peeps && i >= 9 && i <= 11) ||
                   (!projects && (i == 16 || i == 17));
        };
        for (int i = 1; i < 20; ++i) operands.push_back(absent(i) ? nullptr : &t[static_cast<size_t>(i)]);
        auto v = [&](int i) { return absent(i) ? 0.0 : static_cast<double>(t[static_cast<size_t>(i)].data[0]); };
        double h = v(18), c = v(19);
        std::vector<double> expected;
        for (int64_t s = 0; s < time; ++s) {
            const double in = x.data[static_cast<size_t>(s)];
            auto gate = [&](int g, double peep) { return v(1 + g) * in + v(5 + g) * h + peep + v(12 + g); };
            const double forget = sigmoid(gate(1, v(10) * c)), input = coupled ? 1 - forget : sigmoid(gate(0, v(9) * c));
            c = forget * c + input * std::tanh(gate(2, 0));
            if (cell_clip > 0) c = std::clamp(c, -cell_clip, cell_clip);
            const double y = sigmoid(gate(3, v(11) * c)) * std::tanh(c);
            h = projects ? v(16) * y + v(17) : y;
            expected.push_back(h);
        }
        expect(op::LSTM, operands, {{"cell_clip", cell_clip}, {"time_major", time_major}},
               [&](const Index& at) { return expected[static_cast<size_t>(at[time_major ? 0 : 1])]; });
    });
}

TEST(NonMaxSuppression, KeepsTheBestOfOverlappingBoxes) {
    Graph g;
    Builder b(g);
    // The second overlaps the first by 9/11, the third lies apart (its corners flipped), the fourth scores too little.
    const ValueId boxes = b.floats({0, 0, 1, 1, 0, 0.1f, 1, 1.1f, 3, 3, 2, 2, 5, 5, 6, 6}, {4, 4}),
                  scores = b.floats({0.9f, 0.8f, 0.95f, 0.1f}, {4});
    const auto y =
        b.add_all(op::NonMaxSuppression, {boxes, scores}, {{"max_output", int64_t{3}}, {"iou", 0.5}, {"score", 0.2}});
    EXPECT_EQ(g.constant_ints(y[0]), (Ints{2, 0, 0}));
    EXPECT_EQ(g.constant_ints(y[1]), Ints{2});
}

TEST(Windows, RefuseWhatDoesNotFit) {
    Graph g;
    Builder b(g);
    const ValueId x = b.floats(std::vector<float>(16), {1, 4, 4, 1}), wide = b.floats(std::vector<float>(25), {1, 5, 5, 1});
    EXPECT_THROW(b.add(op::Conv, {x, wide}), Error);
    EXPECT_THROW(b.add(op::Conv, {x, wide}, {{"pads", Ints{1, 1, 1, 1}}, {"strides", Ints{0, 1}}}), Error);
    EXPECT_THROW(b.add(op::Conv, {x, wide}, {{"pads", Ints{1, 1, 1, 1}}, {"dilations", Ints{int64_t{1} << 40, 1}}}), Error);
    EXPECT_THROW(b.add(op::MaxPool, {x}, {{"kernel", Ints{2, 2}}, {"pads", Ints{2, 0, 0, 0}}}), Error);
}

}  // namespace
}  // namespace tinsmith

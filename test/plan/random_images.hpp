// Random graphs of image operators with branches, floats or stored integers, as convolutional networks have them.
#pragma once

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <random>

namespace tinsmith::test {

class RandomImages {
public:
    RandomImages(uint32_t seed, bool stored) : random_(seed), stored_(stored), b_(graph_) {
        graph_.name = fmt::format("random {}", seed);
        const ValueId x =
            graph_.add_value("x", {stored ? DType::i8 : DType::f32, {1, 6 + pick(12), 5 + pick(8), 1 + pick(4)}, {}});
        values_.push_back(scaled(x));
        graph_.inputs.push_back({"x", x, ""});
        const int count = 3 + pick(12);
        for (int i = 0; i < count; ++i) {
            try {
                step(any());
            } catch (const Error&) {  // a window that does not fit: try another
            }
        }
        graph_.outputs.push_back({"y", values_.back(), ""});
        if (pick(3) == 0 && any() != values_.back()) graph_.outputs.push_back({"z", any(), ""});
        if (pick(2)) {
            const ValueId last = values_.back();
            const int64_t n = graph_.type(last).elements();
            const ValueId flat = b_.add(op::Reshape, {last}, {{"shape", Shape{1, n}}});
            graph_.outputs.push_back({"flat", flat, ""});
        }
    }
    Graph graph() && { return std::move(graph_); }

private:
    int pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
    ValueId any() {
        return values_[values_.size() - 1 - static_cast<size_t>(pick(static_cast<int>(std::min<size_t>(values_.size(), 4))))];
    }
    const Shape& shape(ValueId id) { return graph_.type(id).shape; }
    ValueId scaled(ValueId id) {
        if (stored_) graph_.values[id].type.quant = Quant{{0.01f * static_cast<float>(1 + pick(9))}, {pick(9) - 4}, -1};
        return id;
    }
    // What moves elements keeps their scale.
    ValueId kept(ValueId id, ValueId like) {
        graph_.values[id].type.quant = graph_.type(like).quant;
        return id;
    }
    ValueId weights(Shape s) {
        const auto count = static_cast<size_t>(element_count(s));
        if (!stored_) {
            std::vector<float> data(count);
            for (float& v : data) v = static_cast<float>(pick(17) - 8) / 8;
            return b_.floats(std::move(data), std::move(s));
        }
        std::vector<int8_t> data(count);
        for (int8_t& v : data) v = static_cast<int8_t>(pick(255) - 127);
        return b_.constant({DType::i8, std::move(s), Quant{{0.005f}, {0}, -1}}, Buffer::of(std::move(data)));
    }
    void step(ValueId x) {
        const Shape s = shape(x);
        if (s[1] < 2 || s[2] < 2) return;
        switch (pick(7)) {
            case 0: return values_.push_back(kept(b_.add(op::MaxPool, {x}, window(s, 1 + pick(2), true)), x));
            case 1: return values_.push_back(kept(b_.add(op::AveragePool, {x}, window(s, 2, true)), x));
            case 2: return values_.push_back(stored_ ? kept(b_.add(op::Relu, {x}), x) : b_.add(op::Sigmoid, {x}));
            case 3: return join(x);
            case 4: {
                const int64_t multiplier = 1 + (pick(3) == 0);
                const int k = 1 + pick(3);
                return values_.push_back(
                    scaled(b_.add(op::DepthwiseConv, {x, weights({1, k, k, s[3] * multiplier})}, window(s, k, false))));
            }
            default: {
                const int k = 1 + pick(3);
                return values_.push_back(
                    scaled(b_.add(op::Conv, {x, weights({1 + pick(6), k, k, s[3]})}, window(s, k, false))));
            }
        }
    }
    Attrs window(const Shape& s, int64_t k, bool pool) {
        const int64_t stride = 1 + pick(2), before = k > 1 ? pick(2) : 0, after = k > 1 ? pick(2) : 0;
        Attrs attrs{{"strides", Ints{stride, 1 + pick(2)}}, {"pads", Ints{before, before, after, after}}};
        if (pool) attrs.set("kernel", Ints{k, k});
        if (!pool && k == 2 && s[1] > 4 && s[2] > 4 && pick(2)) attrs.set("dilations", Ints{2, 2});
        return attrs;
    }
    // With another of the same shape, or with itself through another operator.
    void join(ValueId x) {
        for (ValueId other : values_)
            if (other != x && shape(other) == shape(x)) return values_.push_back(scaled(b_.add(op::Add, {x, other})));
        const Shape s = shape(x);
        const ValueId y = scaled(b_.add(op::Conv, {x, weights({s[3], 1, 1, s[3]})}));
        values_.push_back(pick(2) ? scaled(b_.add(op::Add, {y, x})) : scaled(b_.add(op::Mul, {x, y})));
    }

    std::mt19937 random_;
    bool stored_;
    Graph graph_;
    Builder b_;
    std::vector<ValueId> values_;
};

}  // namespace tinsmith::test

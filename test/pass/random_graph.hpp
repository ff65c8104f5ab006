// Random small graphs, as readers write them: operators of channels-last layout stand between Transposes, patterns are spelled in primitives.
#pragma once

#include "ir/builder.hpp"
#include "op/list.hpp"

#include <numeric>
#include <random>

namespace tinsmith::test {

// Adds random operators on random earlier values; always float32, of rank 1 to 5, small.
class RandomGraph {
public:
    explicit RandomGraph(uint32_t seed) : random_(seed), b_(graph_) {
        graph_.name = fmt::format("random {}", seed);
        add_input({1, extent(), extent() + 1, extent() + 2});
        add_input({1, extent(), extent()});
        int count = 4 + pick(14);
        for (int i = 0; i < count; ++i) {
            try {
                step();
            } catch (const Error&) {  // operands that do not fit: try another
            }
        }
        ValueId last = values_.back();
        for (ValueId id : {last, any()})
            if (!graph_.is_constant(id)) graph_.outputs.push_back({fmt::format("y{}", graph_.outputs.size()), id, ""});
        if (graph_.outputs.size() == 2 && graph_.outputs[0].value == graph_.outputs[1].value) graph_.outputs.pop_back();
    }
    Graph graph() && { return std::move(graph_); }

private:
    int pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
    int64_t extent() { return 1 + pick(4); }
    ValueId any() {
        return values_[values_.size() - 1 - static_cast<size_t>(pick(static_cast<int>(std::min<size_t>(values_.size(), 6))))];
    }
    const Shape& shape(ValueId id) { return graph_.type(id).shape; }
    void keep(ValueId id) {
        if (graph_.type(id).elements() <= 4000 && graph_.type(id).rank() > 0 && !graph_.is_constant(id)) values_.push_back(id);
    }
    void add_input(Shape s) {
        ValueId id = graph_.add_value("", {DType::f32, std::move(s), {}});
        graph_.inputs.push_back({fmt::format("x{}", graph_.inputs.size()), id, ""});
        values_.push_back(id);
    }
    ValueId constant(Shape s) {
        std::vector<float> data(static_cast<size_t>(element_count(s)));
        for (float& v : data) v = static_cast<float>(pick(17) - 8) / 4 + (pick(2) ? 0.1f : 0);
        return b_.floats(std::move(data), std::move(s));
    }
    Ints permutation(size_t rank) {
        Ints perm(rank);
        std::iota(perm.begin(), perm.end(), 0);
        std::shuffle(perm.begin(), perm.end(), random_);
        return perm;
    }
    ValueId with_rank(int64_t rank) {
        for (int i = 0; i < 8; ++i)
            if (ValueId id = any(); graph_.type(id).rank() == rank) return id;
        return values_[rank == 4 ? 0 : 1];
    }

    void step() {
        ValueId x = any();
        Shape s = shape(x);
        switch (pick(34)) {
            case 0: return keep(b_.add(op::Relu, {x}));
            case 1: return keep(b_.add(op::Mul, {x, b_.add(op::Sigmoid, {x})}));
            case 2: return keep(b_.add(op::Transpose, {x}, {{"perm", permutation(s.size())}}));
            case 3: return keep(b_.add(op::Add, {x, any()}));
            case 4: return broadcast_constant(x);
            case 5: return reshape(x);
            case 6:
            case 7:
            case 8: return convolve(with_rank(4));
            case 9: return keep(b_.add(op::Concat, {x, any(), x}, {{"axis", int64_t{pick(static_cast<int>(s.size()))}}}));
            case 10: return reduce(x);
            case 11: return keep(b_.add(op::Softmax, {x}));
            case 12: return pad(x);
            case 13: return slice(x);
            case 14: return keep(b_.add(pick(2) ? op::FullyConnected : op::MatMul, {x, constant({extent(), s.back()})}, {}));
            case 15: return split(x);
            case 16:
                return keep(
                    b_.add(op::Gather,
                           {x, b_.ints({static_cast<int32_t>(pick(static_cast<int>(s[0])))}, pick(2) ? Shape{1} : Shape{})},
                           {{"axis", int64_t{0}}}));
            case 17: return convolve_1d(with_rank(3));
            case 18: return matmul(x);
            case 19: return keep(b_.add(unary_operator(), {x}));
            case 20: return keep(b_.add(binary_operator(), {x, any()}));
            case 21: return layer_norm(x);
            case 22: return gelu(x);
            case 23: return hard_swish(x);
            case 24: return clamp(x);
            case 25: return choose(x);
            case 26: return reverse(x);
            case 27: return repeat(x);
            case 28: return blocks(with_rank(4));
            case 29: return resize(with_rank(4));
            case 30: return convolve_transposed(with_rank(4));
            case 31: return convolve_dilated(with_rank(4));
            case 32: return keep(b_.add(op::Div, {x, b_.add(op::Add, {b_.add(op::Abs, {any()}), b_.scalar(1, DType::f32)})}));
            default: return pool(with_rank(4));
        }
    }
    void broadcast_constant(ValueId x) {
        Shape s = shape(x);
        for (int64_t& d : s)
            if (pick(2)) d = 1;
        while (s.size() > 1 && s.front() == 1 && pick(2)) s.erase(s.begin());
        static const OpDef* ops[] = {&op::Add, &op::Mul, &op::Sub, &op::Max, &op::PRelu};
        const OpDef& which = *ops[pick(5)];
        keep(pick(4) || which.name == "PRelu" ? b_.add(which, {x, constant(s)}) : b_.add(which, {constant(s), x}));
    }
    void reshape(ValueId x) {
        Shape s = shape(x);
        int how = pick(4);
        size_t at = static_cast<size_t>(pick(static_cast<int>(s.size())));
        if (how == 0 && s.size() < 5) s.insert(s.begin() + pick(static_cast<int>(s.size()) + 1), 1);
        if (how == 1 && s.size() > 1 && at + 1 < s.size())
            s[at] *= s[at + 1], s.erase(s.begin() + static_cast<std::ptrdiff_t>(at) + 1);
        if (how == 2) std::erase(s, 1);
        if (how == 3 && s.size() < 5 && s[at] % 2 == 0) s[at] /= 2, s.insert(s.begin() + static_cast<std::ptrdiff_t>(at), 2);
        if (!s.empty()) keep(b_.add(op::Reshape, {x}, {{"shape", s}}));
    }
    // As the ONNX reader does it: Transposes around an operator of channels-last layout, a batch normalisation behind.
    void convolve(ValueId x) {
        x = b_.add(op::Transpose, {x}, {{"perm", Ints{0, 2, 3, 1}}});
        int64_t c = shape(x)[3], k = 1 + pick(3), stride = 1 + pick(2), p = k / 2;
        Attrs attrs{{"strides", Ints{stride, stride}}, {"pads", Ints{p, p, p, p}}};
        if (pick(3) == 0) attrs.set("activation", std::string("relu"));
        bool depthwise = pick(2);
        ValueId y = depthwise ? b_.add(op::DepthwiseConv, {x, constant({1, k, k, c * (1 + pick(2))})}, attrs)
                              : b_.add(op::Conv, {x, constant({extent(), k, k, c})}, attrs);
        y = b_.add(op::Transpose, {y}, {{"perm", Ints{0, 3, 1, 2}}});
        int64_t out = shape(y)[1];
        if (pick(2)) y = b_.add(op::Mul, {y, constant({1, out, 1, 1})});
        if (pick(2)) y = b_.add(op::Add, {y, constant({out, 1, 1})});
        if (pick(2)) y = b_.add(op::Relu6, {y});
        keep(y);
    }
    void convolve_1d(ValueId x) {
        Shape s = shape(x);
        ValueId y = b_.add(op::Reshape, {x}, {{"shape", Shape{s[0], s[1], 1, s[2]}}});
        y = b_.add(op::Transpose, {y}, {{"perm", Ints{0, 2, 3, 1}}});
        y = b_.add(op::Conv, {y, constant({extent(), 1, 1, s[1]})});
        y = b_.add(op::Transpose, {y}, {{"perm", Ints{0, 3, 1, 2}}});
        keep(b_.add(op::Reshape, {y}, {{"shape", Shape{s[0], shape(y)[1], s[2]}}}));
    }
    void pool(ValueId x) {
        x = b_.add(op::Transpose, {x}, {{"perm", Ints{0, 2, 3, 1}}});
        if (pick(2)) x = b_.add(op::Pad, {x}, {{"before", Ints{0, 1, 1, 0}}, {"after", Ints{0, 1, 0, 0}}});
        ValueId y = b_.add(pick(2) ? op::MaxPool : op::AveragePool, {x}, {{"kernel", Ints{2, 2}}});
        keep(b_.add(op::Transpose, {y}, {{"perm", Ints{0, 3, 1, 2}}}));
    }
    void reduce(ValueId x) {
        Ints axes;
        for (int64_t d = 0; d < std::ssize(shape(x)); ++d)
            if (pick(2)) axes.push_back(d);
        bool keepdims = pick(2) || axes.size() == shape(x).size();
        if (!axes.empty())
            keep(b_.add(pick(2) ? op::ReduceMean : op::ReduceMax, {x}, {{"axes", axes}, {"keepdims", keepdims}}));
    }
    void pad(ValueId x) {
        Ints before, after;
        for (size_t d = 0; d < shape(x).size(); ++d) before.push_back(pick(2)), after.push_back(pick(2));
        keep(b_.add(op::Pad, {x}, {{"before", before}, {"after", after}}));
    }
    void slice(ValueId x) {
        Ints starts, ends = shape(x), steps;
        for (int64_t n : shape(x)) starts.push_back(n > 1 ? pick(2) : 0), steps.push_back(1 + pick(2));
        keep(b_.add(op::Slice, {x}, {{"starts", starts}, {"ends", ends}, {"steps", steps}}));
    }
    void split(ValueId x) {
        int64_t axis = pick(static_cast<int>(shape(x).size())), n = shape(x)[static_cast<size_t>(axis)];
        if (n < 2) return;
        for (ValueId y : b_.add_all(op::Split, {x}, {{"axis", axis}, {"sizes", Ints{1, n - 1}}})) keep(y);
    }
    void matmul(ValueId x) {
        if (shape(x).size() < 2) return;
        Ints perm(shape(x).size());
        std::iota(perm.begin(), perm.end(), 0);
        std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
        keep(b_.add(op::MatMul, {x, b_.add(op::Transpose, {x}, {{"perm", perm}})}));
    }

    const OpDef& unary_operator() {
        static const OpDef* ops[] = {&op::Tanh, &op::Neg,  &op::Abs,   &op::HardSwish, &op::LeakyRelu, &op::Gelu,
                                     &op::Elu,  &op::Sign, &op::Relu6, &op::ReluN1To1, &op::Sigmoid,   &op::Square};
        return *ops[pick(12)];
    }
    const OpDef& binary_operator() {
        static const OpDef* ops[] = {&op::Sub, &op::Max, &op::Min, &op::Mul, &op::SquaredDifference};
        return *ops[pick(5)];
    }
    ValueId number(double value) { return b_.scalar(value, DType::f32); }
    // (x - mean) / sqrt(variance + eps), scaled and shifted.
    void layer_norm(ValueId x) {
        const Ints axes{std::ssize(shape(x)) - 1};
        const Shape last{shape(x).back()};
        const Attrs over{{"axes", axes}, {"keepdims", true}};
        const ValueId centred = b_.add(op::Sub, {x, b_.add(op::ReduceMean, {x}, over)});
        const ValueId variance = b_.add(op::ReduceMean, {b_.add(op::Mul, {centred, centred})}, over);
        const ValueId inverse = b_.add(op::Rsqrt, {b_.add(op::Add, {variance, number(1e-3)})});
        ValueId y = b_.add(op::Mul, {centred, inverse});
        if (pick(2)) y = b_.add(op::Mul, {y, constant(last)});
        if (pick(2)) y = b_.add(op::Add, {y, constant(last)});
        keep(y);
    }
    // x (1 + erf(x / sqrt(2))) / 2, multiplied in one of three orders.
    void gelu(ValueId x) {
        const ValueId erf = b_.add(op::Erf, {b_.add(op::Mul, {x, number(0.70710678)})});
        const ValueId sum = b_.add(op::Add, {erf, number(1)});
        const int order = pick(3);
        if (order == 0) return keep(b_.add(op::Mul, {b_.add(op::Mul, {x, sum}), number(0.5)}));
        if (order == 1) return keep(b_.add(op::Mul, {b_.add(op::Mul, {x, number(0.5)}), sum}));
        keep(b_.add(op::Mul, {x, b_.add(op::Mul, {sum, number(0.5)})}));
    }
    // x relu6(x + 3) / 6
    void hard_swish(ValueId x) {
        const ValueId gate = b_.add(op::Relu6, {b_.add(op::Add, {x, number(3)})});
        if (pick(2)) return keep(b_.add(op::Mul, {x, b_.add(op::Mul, {gate, number(1.0 / 6)})}));
        keep(b_.add(op::Div, {b_.add(op::Mul, {x, gate}), number(6)}));
    }
    void clamp(ValueId x) {
        static const double bounds[][2] = {{0, 6}, {-1, 1}, {0, 1}, {-0.5, 2}};
        const auto& [low, high] = bounds[pick(4)];
        if (pick(2)) return keep(b_.add(op::Min, {b_.add(op::Max, {x, number(low)}), number(high)}));
        keep(b_.add(op::Max, {b_.add(op::Min, {x, number(high)}), number(low)}));
    }
    void choose(ValueId x) {
        const ValueId condition = b_.add(pick(2) ? op::Greater : op::LessOrEqual, {x, number(pick(2))});
        const ValueId other = pick(2) ? number(0) : b_.add(op::Mul, {x, number(0.25)});
        keep(pick(2) ? b_.add(op::Where, {condition, x, other}) : b_.add(op::Where, {condition, other, x}));
    }
    void reverse(ValueId x) {
        Ints axes;
        for (int64_t d = 0; d < std::ssize(shape(x)); ++d)
            if (pick(2)) axes.push_back(d);
        if (!axes.empty()) keep(b_.add(op::Reverse, {x}, {{"axes", axes}}));
    }
    void repeat(ValueId x) {
        const bool expand = pick(2);
        Ints repeats, to = shape(x);
        for (int64_t& d : to) {
            repeats.push_back(1 + (pick(3) == 0));
            if (d == 1) d = 1 + pick(3);
        }
        keep(expand ? b_.add(op::Expand, {x}, {{"shape", to}}) : b_.add(op::Tile, {x}, {{"repeats", repeats}}));
    }
    ValueId channels_last(ValueId x) { return b_.add(op::Transpose, {x}, {{"perm", Ints{0, 2, 3, 1}}}); }
    void keep_channels_first(ValueId x) { keep(b_.add(op::Transpose, {x}, {{"perm", Ints{0, 3, 1, 2}}})); }
    void blocks(ValueId x) {
        const bool to_space = shape(x)[1] % 4 == 0;
        if (!to_space && (shape(x)[2] % 2 != 0 || shape(x)[3] % 2 != 0)) return;
        x = channels_last(x);
        keep_channels_first(b_.add(to_space ? op::DepthToSpace : op::SpaceToDepth, {x}, {{"blocksize", int64_t{2}}}));
    }
    void resize(ValueId x) {
        const Ints size{extent() + 1, extent() + 1};
        const bool half = pick(2);
        x = channels_last(x);
        keep_channels_first(
            b_.add(pick(2) ? op::ResizeNearest : op::ResizeBilinear, {x}, {{"size", size}, {"half_pixel_centers", half}}));
    }
    void convolve_transposed(ValueId x) {
        x = channels_last(x);
        const int64_t c = shape(x)[3], k = 1 + pick(3), stride = 1 + pick(2), out = extent(), p = pick(2) && k > 1 ? 1 : 0;
        const ValueId weights = constant({out, k, k, c});
        keep_channels_first(
            b_.add(op::ConvTranspose, {x, weights}, {{"strides", Ints{stride, stride}}, {"pads", Ints{p, p, p, p}}}));
    }
    void convolve_dilated(ValueId x) {
        x = channels_last(x);
        const int64_t c = shape(x)[3], d = 1 + pick(2), out = extent();
        const Attrs attrs{{"dilations", Ints{d, d}}, {"pads", Ints{d, d, d, d}}};
        if (pick(2)) return keep_channels_first(b_.add(op::DepthwiseConv, {x, constant({1, 3, 3, c})}, attrs));
        keep_channels_first(b_.add(op::Conv, {x, constant({out, 3, 3, c})}, attrs));
    }

    std::mt19937 random_;
    Graph graph_;
    Builder b_;
    std::vector<ValueId> values_;
};

}  // namespace tinsmith::test

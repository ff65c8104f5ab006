// Before: a convolution or pool whose padding is neither SAME nor VALID.
// After:  an explicit Pad in front of it, and VALID. Maximum pools are padded with what no maximum is; average pools, which do
//         not count padded cells, with zeros, and their means are corrected by (cells of a window) / (cells that count).
// When:   TFLite has no other padding. After every pass that folds a Pad into a convolution.
#include "backend/tflite/legalize.hpp"
#include "backend/tflite/windows.hpp"
#include "op/list.hpp"

#include <limits>

namespace tinsmith {

using tflite::Window;

// Values that ReLU left are not negative: zero is no maximum among them, and PAD is faster than PADV2.
static bool is_never_negative(const Rewriter& r, ValueId value) {
    const Node* node = r.producer(value);
    if (!node) return false;
    if (node->is(op::Relu) || node->is(op::Relu6) || node->is(op::Relu0To1) || node->is(op::Sigmoid)) return true;
    for (const AttrSpec& spec : node->op->attrs)
        if (spec.name == "activation") return node->text("activation") == "relu" || node->text("activation") == "relu6";
    return false;
}

// As a real number, which quantised values are padded with too.
static double lowest(const Type& type) {
    if (type.quant) return std::numeric_limits<float>::lowest();
    switch (type.dtype) {
        case DType::i8: return INT8_MIN;
        case DType::i16: return INT16_MIN;
        case DType::i32: return INT32_MIN;
        case DType::i64: return static_cast<double>(INT64_MIN);
        case DType::f32: return std::numeric_limits<float>::lowest();
        default: return 0;
    }
}

// For each place of the output [1, H, W, 1]: cells of a whole window over cells that lie inside the input.
static ValueId correction(Builder& b, const std::vector<Window>& windows) {
    std::vector<std::vector<int64_t>> inside(windows.size());
    for (size_t a = 0; a < windows.size(); ++a) {
        const Window& w = windows[a];
        for (int64_t o = 0; o < w.out; ++o) {
            int64_t first = o * w.stride - w.before;
            inside[a].push_back(std::max<int64_t>(std::min(first + w.kernel, w.in) - std::max<int64_t>(first, 0), 1));
        }
    }
    std::vector<float> factors;
    auto cells = static_cast<double>(windows[0].kernel * windows[1].kernel);
    for (int64_t rows : inside[0])
        for (int64_t columns : inside[1]) factors.push_back(static_cast<float>(cells / static_cast<double>(rows * columns)));
    return b.floats(std::move(factors), {1, windows[0].out, windows[1].out, 1});
}

static bool split(Rewriter& r, const Node& node) {
    bool pool = node.is(op::MaxPool) || node.is(op::AveragePool);
    if (!pool && !node.is(op::Conv) && !node.is(op::DepthwiseConv) && !node.is(op::Conv3D)) return false;
    auto windows = tflite::windows_of(r.graph, node);
    if (tflite::padding_of(windows)) return false;

    Type x = r.type(node.inputs[0]);
    Ints before(x.shape.size(), 0), after(x.shape.size(), 0);
    for (size_t a = 0; a < windows.size(); ++a) {
        before[a + 1] = windows[a].before;
        after[a + 1] = std::max<int64_t>(windows[a].after(), 0);
    }
    bool low = node.is(op::MaxPool) && !is_never_negative(r, node.inputs[0]);
    ValueId padded = r.add(op::Pad, {node.inputs[0]}, {{"before", before}, {"after", after}, {"value", low ? lowest(x) : 0.0}});

    std::vector<ValueId> inputs = node.inputs;
    inputs[0] = padded;
    Attrs attrs = node.attrs;
    attrs.set("pads", Ints(2 * windows.size(), 0));
    std::string name = r.graph.value(node.outputs[0]).name;
    if (!node.is(op::AveragePool)) {
        r.replace(node.outputs[0], r.add(*node.op, std::move(inputs), std::move(attrs), name));
        return true;
    }
    Attr activation = node.text("activation");
    attrs.set("activation", std::string("none"));
    ValueId mean = r.add(op::AveragePool, std::move(inputs), std::move(attrs));
    r.replace(node.outputs[0], r.add(op::Mul, {mean, correction(r, windows)}, {{"activation", activation}}, name));
    return true;
}

int split_padding(Graph& graph, const PassOptions&) { return rewrite(graph, split); }

}  // namespace tinsmith

// Dynamic range: weights are stored as int8 and the kernels quantise activations while they run ("hybrid" kernels).
//   stored = round(w / scale), scale = max|w| / 127 of an output channel: symmetric, -127..127.
#include "backend/tflite/weights.hpp"
#include "op/list.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

// As TensorFlow's converter: what is smaller gains nothing.
constexpr int64_t fewest_elements = 1024;

struct Quantised {
    Type type;
    Buffer data;
};

// Scales along `axis` of the weights, which is the outermost or the innermost. Null when a weight is not finite.
std::optional<Quantised> quantise(const Type& type, const Buffer& floats, int axis) {
    Buffer aligned = floats.aligned(alignof(float));
    auto* w = reinterpret_cast<const float*>(aligned.bytes().data());
    int64_t channels = type.shape[static_cast<size_t>(axis)], count = type.elements();
    int64_t inner = 1;
    for (size_t d = static_cast<size_t>(axis) + 1; d < type.shape.size(); ++d) inner *= type.shape[d];
    auto channel = [&](int64_t i) { return static_cast<size_t>(i / inner % channels); };
    std::vector<float> scale(static_cast<size_t>(channels), 0.0f);
    for (int64_t i = 0; i < count; ++i) {
        if (!std::isfinite(w[i])) return std::nullopt;
        scale[channel(i)] = std::max(scale[channel(i)], std::fabs(w[i]));
    }
    for (float& s : scale) s = s == 0 ? 1.0f : std::max(s / 127.0f, std::numeric_limits<float>::min());
    std::vector<int8_t> stored(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i)
        stored[static_cast<size_t>(i)] = static_cast<int8_t>(std::clamp(std::nearbyint(w[i] / scale[channel(i)]), -127.0f, 127.0f));
    Quant quant{std::move(scale), std::vector<int64_t>(static_cast<size_t>(channels), 0), axis};
    return Quantised{{DType::i8, type.shape, std::move(quant)}, Buffer::of(std::move(stored))};
}

class Storage {
public:
    Storage(Graph& graph, const TfliteOptions& options, std::vector<std::string>& notes) : graph_(graph), options_(options), notes_(notes) {}

    int run() {
        for (Node& node : graph_.nodes) {
            if (node.is(op::Conv)) consider(node, 0);
            else if (node.is(op::FullyConnected)) consider(node, 0);
            else if (node.is(op::DepthwiseConv)) consider_depthwise(node);
        }
        return stored_;
    }

private:
    void note(const Node& node, const std::string& why) {
        notes_.push_back(fmt::format("{} '{}' stays float32: {}", node.op->name, node.origin, why));
    }

    void consider_depthwise(Node& node) {
        if (options_.quantize_depthwise) consider(node, 3);
        else note(node, "depthwise filters are small, and their int8 kernel is slow (--quantize-depthwise)");
    }

    void consider(Node& node, int axis) {
        ValueId weights = node.inputs[1];
        if (!graph_.is_constant(weights)) return note(node, "its weights are computed");
        Type type = graph_.type(weights);
        if (type.dtype != DType::f32) return;
        if (type.elements() < fewest_elements) return note(node, fmt::format("{} weights are fewer than {}", type.elements(), fewest_elements));
        if (node.is(op::Conv) && node.integer("group") != 1) return note(node, "the int8 kernel has no groups");
        if (done_.size() < graph_.values.size()) done_.resize(graph_.values.size(), no_value);
        if (done_[weights] == no_value) {
            auto quantised = quantise(type, *graph_.value(weights).data, axis);
            if (!quantised) return note(node, "weights are infinite or NaN");
            ValueId stored = graph_.add_constant({}, std::move(quantised->type), std::move(quantised->data));
            done_[weights] = stored;
        }
        node.inputs[1] = done_[weights];
        ++stored_;
    }

    Graph& graph_;
    const TfliteOptions& options_;
    std::vector<std::string>& notes_;
    std::vector<ValueId> done_;  // by float weights
    int stored_ = 0;
};

}  // namespace

std::vector<std::string> store_weights_as_int8(Graph& graph, const TfliteOptions& options) {
    std::vector<std::string> notes;
    if (Storage(graph, options, notes).run() > 0) return notes;
    std::string text = "dynamic range leaves every weight float32; take float16 or float32";
    for (const std::string& line : notes) text += "\n  " + line;
    throw Error(Fault::unsupported, text);
}

}  // namespace tinsmith

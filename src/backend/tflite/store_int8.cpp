// Dynamic range: weights are stored as int8 and the kernels quantise activations while they run ("hybrid" kernels).
//   stored = round(w / scale), scale = max|w| / 127 of an output channel (recurrent layers: of the tensor): symmetric, -127..127.
#include "backend/tflite/weights.hpp"
#include "op/hybrid.hpp"
#include "op/list.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

namespace tinsmith {

namespace {

// As TensorFlow's converter: what is smaller gains nothing.
constexpr int64_t fewest_elements = 1024;

struct Quantised {
    Type type;
    Buffer data;
};

// One scale for each index along `axis`, or one for all (-1). Null when a weight is not finite.
std::optional<Quantised> quantise(const Type& type, const Buffer& floats, int axis) {
    Buffer aligned = floats.aligned(alignof(float));
    auto* w = reinterpret_cast<const float*>(aligned.bytes().data());
    int64_t channels = axis < 0 ? 1 : type.shape[static_cast<size_t>(axis)], count = type.elements(), inner = 1;
    for (size_t d = static_cast<size_t>(axis + 1); axis >= 0 && d < type.shape.size(); ++d) inner *= type.shape[d];
    auto channel = [&](int64_t i) { return static_cast<size_t>(i / inner % channels); };
    std::vector<float> scale(static_cast<size_t>(channels), 0.0f);
    for (int64_t i = 0; i < count; ++i) {
        if (!std::isfinite(w[i])) return std::nullopt;
        scale[channel(i)] = std::max(scale[channel(i)], std::fabs(w[i]));
    }
    for (float& s : scale) s = s == 0 ? 1.0f : std::max(s / 127.0f, std::numeric_limits<float>::min());
    std::vector<int8_t> stored(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i)
        stored[static_cast<size_t>(i)] =
            static_cast<int8_t>(std::clamp(std::nearbyint(w[i] / scale[channel(i)]), -127.0f, 127.0f));
    Quant quant{std::move(scale), std::vector<int64_t>(static_cast<size_t>(channels), 0), axis};
    return Quantised{{DType::i8, type.shape, std::move(quant)}, Buffer::of(std::move(stored))};
}

class Storage {
public:
    Storage(Graph& graph, const TfliteOptions& options) : graph_(graph), options_(options) {}

    int run() {
        for (Node& node : graph_.nodes) {
            if (is_hybrid(graph_, node))
                ++stored_;  // by the source, as it is
            else if (node.is(op::Conv))
                consider_conv(node);
            else if (node.is(op::FullyConnected))
                consider_dense(node);
            else if (node.is(op::DepthwiseConv))
                consider_depthwise(node);
            else if (node.is(op::RNN) || node.is(op::LSTM) || node.is(op::SVDF) || node.is(op::MatMul))
                consider_one_scale(node);
            else if (node.is(op::ConvTranspose))
                consider(node, {1}, 0);
            else if (node.is(op::Conv3D) || node.is(op::ConvTranspose3D))
                consider_float(node);
        }
        return stored_;
    }

    // A line for each operator and reason: large models have the same one many times.
    std::vector<std::string> notes() const {
        std::vector<std::string> out;
        for (const Kept& kept : kept_) {
            const std::string stay = kept.more ? fmt::format("and {} more stay", kept.more) : "stays";
            out.push_back(fmt::format("{} '{}' {} float32: {}", kept.op, kept.first, stay, kept.why));
        }
        return out;
    }

private:
    // Operators that keep their floats for the same reason.
    struct Kept {
        std::string_view op;
        std::string first, why;
        int more = 0;
    };

    void note(const Node& node, const std::string& why) {
        const auto same = [&](const Kept& kept) { return kept.op == node.op->name && kept.why == why; };
        const auto at = std::find_if(kept_.begin(), kept_.end(), same);
        if (at == kept_.end())
            kept_.push_back({node.op->name, node.origin, why});
        else
            ++at->more;
    }

    void consider_float(const Node& node) {
        if (graph_.is_constant(node.inputs[1])) note(node, "LiteRT has no int8 kernel for float activations");
    }

    void consider_dense(Node& node) {
        if (consider(node, {1}, 0)) node.attrs.set("asymmetric_inputs", true);
    }

    // Recurrent layers and products: their kernels know one scale for each matrix.
    void consider_one_scale(Node& node) {
        if (node.is(op::MatMul) && !graph_.is_constant(node.inputs[1])) return;
        const std::span<const size_t> weights = hybrid_operands(node);
        if (consider(node, {weights.begin(), weights.end()}, -1)) node.attrs.set("asymmetric_inputs", true);
    }

    void consider_conv(Node& node) {
        if (node.integer("group") != 1) return note(node, "the int8 kernel has no groups");
        consider(node, {1}, 0);
    }

    void consider_depthwise(Node& node) {
        if (options_.quantize_depthwise)
            consider(node, {1}, 3);
        else
            note(node, "depthwise filters are small, and their int8 kernel is slow (--quantize-depthwise)");
    }

    bool note_float(const Node& node, const std::string& why) {
        note(node, why);
        return false;
    }

    // All weights of a node are stored alike, or none: kernels do not mix. Whether they were stored here.
    bool consider(Node& node, const std::vector<size_t>& operands, int axis) {
        int64_t elements = 0;
        for (size_t i : operands) {
            ValueId weights = node.input(i);
            if (weights == no_value) continue;
            if (!graph_.is_constant(weights)) return note_float(node, "its weights are computed");
            if (graph_.type(weights).dtype != DType::f32) return false;
            elements += graph_.type(weights).elements();
        }
        if (elements < fewest_elements)
            return note_float(node, fmt::format("fewer than {} weights gain nothing", fewest_elements));
        std::vector<ValueId> inputs = node.inputs;
        for (size_t i : operands) {
            if (node.input(i) == no_value) continue;
            inputs[i] = stored(inputs[i], axis);
            if (inputs[i] == no_value) return note_float(node, "weights are infinite or NaN");
        }
        node.inputs = std::move(inputs);
        ++stored_;
        return true;
    }

    ValueId stored(ValueId weights, int axis) {
        auto [at, added] = done_.try_emplace({weights, axis}, no_value);
        if (!added) return at->second;
        auto quantised = quantise(graph_.type(weights), *graph_.value(weights).data, axis);
        if (quantised) at->second = graph_.add_constant({}, std::move(quantised->type), std::move(quantised->data));
        return at->second;
    }

    Graph& graph_;
    const TfliteOptions& options_;
    std::vector<Kept> kept_;
    std::map<std::pair<ValueId, int>, ValueId> done_;  // by float weights and axis
    int stored_ = 0;
};

}  // namespace

std::vector<std::string> store_weights_as_int8(Graph& graph, const TfliteOptions& options) {
    Storage storage(graph, options);
    if (storage.run() > 0) return storage.notes();
    std::string text = "dynamic range leaves every weight float32; take float16 or float32";
    for (const std::string& line : storage.notes()) text += "\n  " + line;
    throw Error(Fault::unsupported, text);
}

}  // namespace tinsmith

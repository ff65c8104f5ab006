// Values at the ends of quantised ranges, counted by taps.
#include "api/next_steps.hpp"
#include "data/convert.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace tinsmith {

static constexpr size_t most_samples = 32;
static constexpr double least_share = 0.001;
static constexpr int64_t level_off = 32;  // steps

namespace {

struct Bounds {
    int64_t low, high;
};

Bounds bounds_of(DType dtype) {
    if (dtype == DType::u8) return {0, 255};
    if (dtype == DType::i16) return {-32768, 32767};
    return {-128, 127};
}

// Which ends the operator brings about itself: a Relu ends at 0, a Softmax at 0 and 1.
struct Ends {
    bool low = true, high = true;
};

Ends ends_that_tell(const Node& node, const Type& type) {
    Ends out;
    const Bounds bounds = bounds_of(type.dtype);
    const int64_t zero = type.quant->zero_point.empty() ? 0 : type.quant->zero_point[0];
    const QuantRule rule = node.op->quant;
    const bool probability = type.quant->scale.size() == 1 && type.quant->scale[0] == 1.0F / 256 && zero == bounds.low;
    if (probability || rule == QuantRule::same_as_input || rule == QuantRule::unit_range || rule == QuantRule::symmetric_unit ||
        rule == QuantRule::log_range)
        return {false, false};
    const bool fused =
        std::any_of(node.op->attrs.begin(), node.op->attrs.end(), [](const AttrSpec& a) { return a.name == "activation"; });
    const std::string activation = fused ? node.text("activation") : std::string(node.op->name);
    // An end close to 0 is where an activation levels off: a Relu at 0, a SiLU at -0.28.
    out.low = zero - bounds.low >= level_off;
    out.high = bounds.high - zero >= level_off;
    if (activation == "relu6" || activation == "relu_n1_to_1" || activation == "Relu6" || activation == "ReluN1To1" ||
        activation == "Relu0To1")
        out = {false, false};
    return out;
}

struct Count {
    int64_t at_end = 0, all = 0;
};

template <class T>
void count(const TensorSlot& slot, const Ends& ends, Count& out) {
    const Bounds bounds = bounds_of(slot.type->dtype);
    const int64_t n = slot.type->elements();
    const T* values = slot.as<T>();
    for (int64_t i = 0; i < n; ++i)
        out.at_end += (ends.low && values[i] == bounds.low) || (ends.high && values[i] == bounds.high) ? 1 : 0;
    out.all += n;
}

// Real inputs beyond what the result's integer input can hold.
void count_inputs(const Graph& source, const Graph& result, std::span<const Buffer> inputs,
                  std::map<std::string, Count>& counts) {
    if (source.inputs.size() != result.inputs.size()) return;
    for (size_t i = 0; i < source.inputs.size(); ++i) {
        const Type &from = source.type(source.inputs[i].value), &to = result.type(result.inputs[i].value);
        if (!is_quantised(to) || from.quant || to.quant->scale.size() != 1) continue;
        const Bounds bounds = bounds_of(to.dtype);
        const double scale = to.quant->scale[0],
                     zero = to.quant->zero_point.empty() ? 0 : static_cast<double>(to.quant->zero_point[0]);
        // One step of tolerance: the observed extremes themselves are rounded to the ends.
        const double low = scale * (static_cast<double>(bounds.low) - zero - 1),
                     high = scale * (static_cast<double>(bounds.high) - zero + 1);
        Count& out = counts["input " + result.inputs[i].name];
        for (double value : real_values(from, inputs[i])) out.at_end += value < low || value > high ? 1 : 0;
        out.all += from.elements();
    }
}

}  // namespace

std::vector<Clipping> clipping(const Graph& source, const Graph& result, const Samples& samples, const Pairing& pairing) {
    std::map<std::string, Count> counts;
    const Session session(result);
    const Tap tap = [&](const EvalContext& computed) {
        for (size_t o = 0; o < computed.out.size(); ++o) {
            const TensorSlot& slot = computed.out[o];
            if (!slot.type || !is_quantised(*slot.type)) continue;
            const Ends ends = ends_that_tell(computed.node, *slot.type);
            if (!ends.low && !ends.high) continue;
            const std::string& name = result.value(computed.node.outputs[o]).name;
            Count& out = counts[name.empty() ? computed.node.origin : name];
            if (slot.type->dtype == DType::i8) count<int8_t>(slot, ends, out);
            if (slot.type->dtype == DType::u8) count<uint8_t>(slot, ends, out);
            if (slot.type->dtype == DType::i16) count<int16_t>(slot, ends, out);
        }
    };
    for (size_t i = 0; i < std::min(samples.size(), most_samples); ++i) {
        const std::vector<Buffer> inputs = samples.inputs(i);
        count_inputs(source, result, inputs, counts);
        session.run(pairing.adapted_inputs(inputs), tap);
    }
    std::vector<Clipping> out;
    for (const auto& [name, c] : counts)
        if (c.all > 0 && static_cast<double>(c.at_end) > least_share * static_cast<double>(c.all))
            out.push_back({name, static_cast<double>(c.at_end) / static_cast<double>(c.all)});
    std::sort(out.begin(), out.end(), [](const Clipping& a, const Clipping& b) { return a.share > b.share; });
    return out;
}

}  // namespace tinsmith

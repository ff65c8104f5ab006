// float16: constants are stored in half precision and widened by a DEQUANTIZE, which runtimes fold away when they load the model.
#include "backend/tflite/weights.hpp"
#include "op/list.hpp"

#include <bit>
#include <cmath>

namespace tinsmith {

namespace {

// An operator and a tensor more cost about 100 bytes: fewer elements than this would make the file larger.
constexpr int64_t fewest_elements = 64;

constexpr float largest_half = 65504.0f;

// Round to nearest, halves to even; subnormals are kept. Requires |x| < 65520.
uint16_t to_half(float x) {
    uint32_t bits = std::bit_cast<uint32_t>(x);
    auto sign = static_cast<uint16_t>((bits >> 16) & 0x8000u);
    float magnitude = std::fabs(x);
    // Below 2^-14 halves are multiples of 2^-24; adding 0.5 lets the float unit round to them.
    if (magnitude < 0x1p-14f)
        return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(magnitude + 0.5f) - std::bit_cast<uint32_t>(0.5f)));
    uint32_t rounded = std::bit_cast<uint32_t>(magnitude);
    rounded += 0xfffu + ((rounded >> 13) & 1u);
    return static_cast<uint16_t>(sign | ((rounded - (112u << 23)) >> 13));
}

std::optional<Buffer> halves(const Buffer& floats) {
    Buffer aligned = floats.aligned(alignof(float));
    size_t count = floats.size() / sizeof(float);
    auto* from = reinterpret_cast<const float*>(aligned.bytes().data());
    std::vector<uint16_t> out(count);
    for (size_t i = 0; i < count; ++i) {
        if (!(std::fabs(from[i]) <= largest_half)) return std::nullopt;
        out[i] = to_half(from[i]);
    }
    return Buffer::of(std::move(out));
}

void store(Graph& graph, std::vector<std::string>& notes) {
    std::vector<ValueId> widened(graph.values.size(), no_value);
    std::vector<Node> nodes;
    for (Node& node : graph.nodes) {
        for (auto& [name, value] : Attrs(node.attrs)) {
            auto* body = std::get_if<GraphRef>(&value);
            if (!body) continue;
            auto copy = std::make_shared<Graph>(**body);
            store(*copy, notes);
            node.attrs.set(name, GraphRef(copy));
        }
        for (ValueId& id : node.inputs) {
            if (!graph.is_constant(id) || node.is(op::Dequantize)) continue;
            Type type = graph.type(id);
            if (type.dtype != DType::f32 || type.elements() < fewest_elements) continue;
            if (widened[id] == no_value) {
                auto data = halves(*graph.value(id).data);
                if (!data) {
                    notes.push_back(
                        fmt::format("{} of '{}' stays float32: values beyond 65504 or NaN", to_string(type), node.origin));
                    widened[id] = id;
                    continue;
                }
                type.dtype = DType::f16;
                ValueId half = graph.add_constant({}, type, std::move(*data));
                type.dtype = DType::f32;
                ValueId wide = graph.add_value({}, type);
                widened[id] = wide;
                nodes.push_back({&op::Dequantize, {half}, {wide}, {}, node.origin});
            }
            id = widened[id];
        }
        nodes.push_back(std::move(node));
    }
    graph.nodes = std::move(nodes);
}

}  // namespace

std::vector<std::string> store_weights_as_float16(Graph& graph) {
    std::vector<std::string> notes;
    store(graph, notes);
    return notes;
}

}  // namespace tinsmith

#include "pass/constant.hpp"

#include <cmath>

namespace tinsmith {

namespace {

template <class T>
double element(std::span<const std::byte> bytes) {
    T out;
    std::memcpy(&out, bytes.data(), sizeof(T));
    return static_cast<double>(out);
}

std::optional<double> first_element(DType dtype, std::span<const std::byte> bytes) {
    switch (dtype) {
        case DType::f32: return element<float>(bytes);
        case DType::i8: return element<int8_t>(bytes);
        case DType::u8: return element<uint8_t>(bytes);
        case DType::i16: return element<int16_t>(bytes);
        case DType::u16: return element<uint16_t>(bytes);
        case DType::i32: return element<int32_t>(bytes);
        case DType::u32: return element<uint32_t>(bytes);
        case DType::i64: return element<int64_t>(bytes);
        case DType::boolean: return element<uint8_t>(bytes);
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<double> uniform(const Graph& graph, ValueId id) {
    if (!graph.is_constant(id)) return std::nullopt;
    const Value& value = graph.value(id);
    if (value.type.quant || value.data->empty()) return std::nullopt;
    if (auto one = value.data->splat_element(); !one.empty()) return first_element(value.type.dtype, one);
    auto bytes = value.data->bytes();
    size_t step = dtype_bits(value.type.dtype) / 8;
    if (step == 0) return std::nullopt;
    // Equal to itself shifted by one element: every element is the first.
    if (std::memcmp(bytes.data(), bytes.data() + step, bytes.size() - step) != 0) return std::nullopt;
    return first_element(value.type.dtype, bytes);
}

bool is_uniform(const Graph& graph, ValueId id, double value) {
    auto found = uniform(graph, id);
    return found && *found == value;
}

bool about(double a, double b) { return std::abs(a - b) <= 1e-5 * std::abs(b); }

bool is_about(const Graph& graph, ValueId id, double value) {
    auto found = uniform(graph, id);
    return found && about(*found, value);
}

std::optional<WithScalar> with_scalar(const Graph& graph, const Node& node) {
    if (node.inputs.size() != 2 || node.outputs.size() != 1) return std::nullopt;
    for (size_t i : {size_t{1}, size_t{0}}) {
        ValueId x = node.inputs[1 - i];
        if (graph.is_constant(x)) continue;
        auto value = uniform(graph, node.inputs[i]);
        if (value && graph.type(x).shape == graph.type(node.outputs[0]).shape) return WithScalar{x, *value, i == 0};
    }
    return std::nullopt;
}

bool is_per_channel(const Graph& graph, ValueId id, int64_t channels, int64_t rank) {
    if (!graph.is_constant(id)) return false;
    const Type& type = graph.type(id);
    if (type.quant || type.dtype != DType::f32 || type.rank() > rank) return false;
    int64_t count = type.elements();
    return count == 1 || (count == channels && type.rank() > 0 && type.shape.back() == channels);
}

}  // namespace tinsmith

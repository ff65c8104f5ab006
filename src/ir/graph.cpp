#include "ir/graph.hpp"

#include "ir/op_def.hpp"

#include <cassert>

namespace tinsmith {

namespace {

const Attr& attribute(const Node& node, std::string_view name) {
    if (const Attr* found = node.attrs.find(name)) return *found;
    for (const AttrSpec& spec : node.op->attrs)
        if (spec.name == name) return spec.fallback;
    fail(Fault::internal, "{} has no attribute '{}'", node.op->name, name);
}

template <class T>
const T& attribute_as(const Node& node, std::string_view name) {
    const T* value = std::get_if<T>(&attribute(node, name));
    if (!value) fail(Fault::internal, "attribute '{}' of {} is of another kind", name, node.op->name);
    return *value;
}

float half_to_float(uint16_t half) {
    uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
    uint32_t exponent = (half >> 10) & 31, fraction = half & 1023;
    uint32_t bits = sign;
    if (exponent == 31) {
        bits |= 0x7f800000u | (fraction << 13);
    } else if (exponent != 0) {
        bits |= ((exponent + 112) << 23) | (fraction << 13);
    } else {
        float magnitude = static_cast<float>(fraction) * (1.0f / 16777216.0f);  // 2^-24
        uint32_t small;
        std::memcpy(&small, &magnitude, 4);
        bits |= small;
    }
    float out;
    std::memcpy(&out, &bits, 4);
    return out;
}

template <class Stored, class Out, class Convert>
std::vector<Out> read_elements(const Value& value, Convert convert) {
    size_t count = static_cast<size_t>(value.type.elements());
    std::vector<Out> out(count);
    auto bytes = value.data->bytes();
    for (size_t i = 0; i < count; ++i) {
        Stored stored;
        std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
        out[i] = convert(stored);
    }
    return out;
}

template <class Out>
std::vector<Out> elements_as(const Value& value) {
    auto plain = [](auto stored) { return static_cast<Out>(stored); };
    switch (value.type.dtype) {
        case DType::f32: return read_elements<float, Out>(value, plain);
        case DType::f64: return read_elements<double, Out>(value, plain);
        case DType::f16:
            return read_elements<uint16_t, Out>(value, [](uint16_t h) { return static_cast<Out>(half_to_float(h)); });
        case DType::bf16:
            return read_elements<uint16_t, Out>(value, [](uint16_t h) {
                uint32_t bits = static_cast<uint32_t>(h) << 16;
                float out;
                std::memcpy(&out, &bits, 4);
                return static_cast<Out>(out);
            });
        case DType::i8: return read_elements<int8_t, Out>(value, plain);
        case DType::u8: return read_elements<uint8_t, Out>(value, plain);
        case DType::boolean: return read_elements<uint8_t, Out>(value, [](uint8_t b) { return static_cast<Out>(b != 0); });
        case DType::i16: return read_elements<int16_t, Out>(value, plain);
        case DType::u16: return read_elements<uint16_t, Out>(value, plain);
        case DType::i32: return read_elements<int32_t, Out>(value, plain);
        case DType::u32: return read_elements<uint32_t, Out>(value, plain);
        case DType::i64: return read_elements<int64_t, Out>(value, plain);
        case DType::u64: return read_elements<uint64_t, Out>(value, plain);
        case DType::i4: break;
    }
    fail(Fault::unsupported, "constant '{}' has element type {}", value.name, dtype_name(value.type.dtype));
}

}  // namespace

bool Node::flag(std::string_view name) const { return attribute_as<bool>(*this, name); }
int64_t Node::integer(std::string_view name) const { return attribute_as<int64_t>(*this, name); }
double Node::real(std::string_view name) const { return attribute_as<double>(*this, name); }
const std::string& Node::text(std::string_view name) const { return attribute_as<std::string>(*this, name); }
const Ints& Node::ints(std::string_view name) const { return attribute_as<Ints>(*this, name); }
const Floats& Node::floats(std::string_view name) const { return attribute_as<Floats>(*this, name); }
const Graph& Node::graph(std::string_view name) const { return *attribute_as<GraphRef>(*this, name); }

ValueId Graph::add_constant(std::string constant_name, Type type, Buffer data) {
    assert(data.size() == type.bytes());
    values.push_back({std::move(constant_name), std::move(type), std::move(data)});
    return static_cast<ValueId>(values.size() - 1);
}

std::vector<int64_t> Graph::constant_ints(ValueId id) const {
    assert(is_constant(id));
    const Value& constant = value(id);
    check(!is_float(constant.type.dtype), "constant '{}' is {}, not integer", constant.name, to_string(constant.type));
    return elements_as<int64_t>(constant);
}

std::vector<float> Graph::constant_floats(ValueId id) const {
    assert(is_constant(id));
    return elements_as<float>(value(id));
}

}  // namespace tinsmith

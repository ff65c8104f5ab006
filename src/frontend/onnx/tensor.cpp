#include "frontend/onnx/tensor.hpp"

#include <bit>

namespace tinsmith {

using onnx::ElementType;

DType dtype_of(ElementType type) {
    switch (type) {
        case ElementType::f32:
        case ElementType::f16:
        case ElementType::bf16:
        case ElementType::f64: return DType::f32;
        case ElementType::i4:
        case ElementType::i8: return DType::i8;
        case ElementType::u4:
        case ElementType::u8: return DType::u8;
        case ElementType::i16: return DType::i16;
        case ElementType::u16: return DType::u16;
        case ElementType::i32: return DType::i32;
        case ElementType::u32: return DType::u32;
        case ElementType::i64: return DType::i64;
        case ElementType::u64: return DType::u64;
        case ElementType::boolean: return DType::boolean;
        default: fail(Fault::unsupported, "element type {} has no counterpart in TFLite", onnx::element_type_name(type));
    }
}

Type type_of(const onnx::Tensor& tensor) { return Type{dtype_of(tensor.type), tensor.dims, std::nullopt}; }

static float from_half(uint16_t bits) {
    uint32_t sign = uint32_t{bits & 0x8000u} << 16, exponent = (bits >> 10) & 31u, mantissa = bits & 0x3ffu;
    if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
    if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
    float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
}

template <class From, class To, class Convert>
static Buffer converted(const Buffer& data, size_t count, Convert convert) {
    std::vector<To> out(count);
    const std::byte* bytes = data.bytes().data();
    for (size_t i = 0; i < count; ++i) {
        From element;
        std::memcpy(&element, bytes + i * sizeof(From), sizeof(From));
        out[i] = convert(element);
    }
    return Buffer::of(std::move(out));
}

static Buffer unpacked_nibbles(const Buffer& data, size_t count, bool is_signed) {
    std::vector<uint8_t> out(count);
    const std::byte* bytes = data.bytes().data();
    for (size_t i = 0; i < count; ++i) {
        auto nibble = static_cast<uint8_t>(std::to_integer<unsigned>(bytes[i / 2]) >> (i % 2 * 4) & 15u);
        out[i] = is_signed && nibble >= 8 ? static_cast<uint8_t>(nibble | 0xf0u) : nibble;
    }
    return Buffer::of(std::move(out));
}

ValueId add_tensor(Builder& b, const onnx::Tensor& tensor) {
    Type type = type_of(tensor);
    auto count = static_cast<size_t>(type.elements());
    Buffer data = tensor.data;
    if (tensor.type == ElementType::f16)
        data = converted<uint16_t, float>(data, count, from_half);
    else if (tensor.type == ElementType::bf16)
        data = converted<uint16_t, float>(data, count, [](uint16_t x) { return std::bit_cast<float>(uint32_t{x} << 16); });
    else if (tensor.type == ElementType::f64)
        data = converted<double, float>(data, count, [](double x) { return static_cast<float>(x); });
    else if (tensor.type == ElementType::boolean)  // a file may hold any byte: true is 1
        data = converted<uint8_t, uint8_t>(data, count, [](uint8_t x) { return static_cast<uint8_t>(x != 0); });
    else if (tensor.type == ElementType::i4 || tensor.type == ElementType::u4)
        data = unpacked_nibbles(data, count, tensor.type == ElementType::i4);
    return b.constant(std::move(type), std::move(data), tensor.name);
}

}  // namespace tinsmith

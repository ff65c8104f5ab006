#include "frontend/tensorflow/element.hpp"

#include <bit>

namespace tinsmith::tensorflow {

namespace {

float from_half(uint16_t bits) {
    const uint32_t sign = uint32_t{bits & 0x8000u} << 16, exponent = (bits >> 10) & 31u, mantissa = bits & 0x3ffu;
    if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
    if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
}

template <class From, class To, class Convert>
Buffer converted(const Buffer& data, size_t count, Convert convert) {
    auto element = [&](const std::byte* at) {
        From from;
        std::memcpy(&from, at, sizeof(From));
        return To{convert(from)};
    };
    if (!data.splat_element().empty()) {
        const To one = element(data.splat_element().data());
        return Buffer::splat(std::as_bytes(std::span(&one, 1)), count * sizeof(To));
    }
    std::vector<To> out(count);
    for (size_t i = 0; i < count; ++i) out[i] = element(data.bytes().data() + i * sizeof(From));
    return Buffer::of(std::move(out));
}

}  // namespace

DType dtype_of(DataType type) {
    switch (type) {
        case DataType::f32:
        case DataType::f16:
        case DataType::bf16:
        case DataType::f64: return DType::f32;
        case DataType::i8: return DType::i8;
        case DataType::u8: return DType::u8;
        case DataType::i16: return DType::i16;
        case DataType::u16: return DType::u16;
        case DataType::i32: return DType::i32;
        case DataType::u32: return DType::u32;
        case DataType::i64: return DType::i64;
        case DataType::u64: return DType::u64;
        case DataType::boolean: return DType::boolean;
        default: fail(Fault::unsupported, "element type {} has no counterpart in TFLite", data_type_name(type));
    }
}

ValueId add_tensor(Builder& b, const Tensor& tensor, std::string name) {
    Type type{dtype_of(tensor.type), tensor.dims, std::nullopt};
    const auto count = static_cast<size_t>(type.elements());
    Buffer data = tensor.data;
    if (tensor.type == DataType::f16)
        data = converted<uint16_t, float>(data, count, from_half);
    else if (tensor.type == DataType::bf16)
        data = converted<uint16_t, float>(data, count, [](uint16_t x) { return std::bit_cast<float>(uint32_t{x} << 16); });
    else if (tensor.type == DataType::f64)
        data = converted<double, float>(data, count, [](double x) { return static_cast<float>(x); });
    else if (tensor.type == DataType::boolean)  // a file may hold any byte: true is 1
        data = converted<uint8_t, uint8_t>(data, count, [](uint8_t x) { return static_cast<uint8_t>(x != 0); });
    return b.constant(std::move(type), std::move(data), std::move(name));
}

}  // namespace tinsmith::tensorflow

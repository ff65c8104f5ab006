#include "data/convert.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace tinsmith {

static constexpr double exact_integers = 9007199254740992.0;  // 2^53: every integer up to here is a double

static double half_to_double(uint16_t bits) {
    const int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double magnitude = std::ldexp(fraction, -24);  // subnormal
    if (exponent == 31)
        magnitude = fraction ? NAN : INFINITY;
    else if (exponent > 0)
        magnitude = std::ldexp(1024 + fraction, exponent - 25);
    return bits & 0x8000 ? -magnitude : magnitude;
}

static uint16_t half_from_double(double value) {
    const auto sign = static_cast<uint16_t>(std::signbit(value) ? 0x8000 : 0);
    const double magnitude = std::fabs(value);
    if (std::isnan(value)) return static_cast<uint16_t>(sign | 0x7e00);
    if (magnitude >= 65520) return static_cast<uint16_t>(sign | 0x7c00);
    if (magnitude == 0) return sign;
    int exponent = 0;
    std::frexp(magnitude, &exponent);                                                   // magnitude < 2^exponent
    const int step = std::max(exponent - 11, -24);                                      // of the last place
    const auto units = static_cast<int>(std::nearbyint(std::ldexp(magnitude, -step)));  // 1024..2048, or less when subnormal
    return static_cast<uint16_t>(sign + ((step + 24) << 10) + units);
}

template <class T>
static T read(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

static double number_at(const std::byte* data, int64_t i, DType dtype) {
    const std::byte* at = data + static_cast<size_t>(i) * (dtype_bits(dtype) / 8);
    switch (dtype) {
        case DType::f32: return read<float>(at);
        case DType::f64: return read<double>(at);
        case DType::f16: return half_to_double(read<uint16_t>(at));
        case DType::bf16: {
            const uint32_t bits = static_cast<uint32_t>(read<uint16_t>(at)) << 16;
            return read<float>(reinterpret_cast<const std::byte*>(&bits));
        }
        case DType::i8: return read<int8_t>(at);
        case DType::u8: return read<uint8_t>(at);
        case DType::i16: return read<int16_t>(at);
        case DType::u16: return read<uint16_t>(at);
        case DType::i32: return read<int32_t>(at);
        case DType::u32: return read<uint32_t>(at);
        case DType::i64: return static_cast<double>(read<int64_t>(at));
        case DType::u64: return static_cast<double>(read<uint64_t>(at));
        case DType::boolean: return read<uint8_t>(at) != 0;
        case DType::i4: break;
    }
    fail(Fault::unsupported, "data of 4-bit elements is not read");
}

namespace {

// Bounds of the integers of a type, both representable.
struct Bounds {
    double low, high;
};

}  // namespace

static Bounds bounds_of(DType dtype) {
    if (dtype == DType::boolean) return {0, 1};
    const int bits = static_cast<int>(dtype_bits(dtype));
    if (bits == 64) return {is_signed(dtype) ? -exact_integers : 0, exact_integers};
    return is_signed(dtype) ? Bounds{-std::ldexp(1, bits - 1), std::ldexp(1, bits - 1) - 1}
                            : Bounds{0, std::ldexp(1, bits) - 1};
}

static void write_number(double value, std::byte* at, DType dtype) {
    const auto store = [&](auto element) { std::memcpy(at, &element, sizeof element); };
    switch (dtype) {
        case DType::f32: return store(static_cast<float>(value));
        case DType::f64: return store(value);
        case DType::f16: return store(half_from_double(value));
        case DType::i8: return store(static_cast<int8_t>(value));
        case DType::u8: return store(static_cast<uint8_t>(value));
        case DType::i16: return store(static_cast<int16_t>(value));
        case DType::u16: return store(static_cast<uint16_t>(value));
        case DType::i32: return store(static_cast<int32_t>(value));
        case DType::u32: return store(static_cast<uint32_t>(value));
        case DType::i64: return store(static_cast<int64_t>(value));
        case DType::u64: return store(static_cast<uint64_t>(value));
        case DType::boolean: return store(static_cast<uint8_t>(value != 0));
        case DType::bf16:
        case DType::i4: fail(Fault::unsupported, "data cannot be given to an input of {}", dtype_name(dtype));
    }
}

// Without a branch, so that it becomes a few vector instructions: an exponent of all ones is no number.
static bool all_finite(const std::byte* floats, size_t count) {
    constexpr uint32_t exponent = 0x7f800000;
    uint32_t bad = 0;
    for (size_t i = 0; i < count; ++i) bad |= (read<uint32_t>(floats + 4 * i) & exponent) == exponent;
    return bad == 0;
}

// Halves become floats without rounding: their bits in the place of a float's, times what the exponents' offsets differ by.
static void widen_halves(const std::byte* from, std::byte* to, size_t count) {
    constexpr float offset = 0x1p112f;  // 2^(127 - 15)
    for (size_t i = 0; i < count; ++i) {
        const uint32_t half = read<uint16_t>(from + 2 * i), moved = (half & 0x7fff) << 13;
        float value = 0;
        std::memcpy(&value, &moved, sizeof value);
        value *= offset;
        uint32_t bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        bits |= (half & 0x8000) << 16 | ((half & 0x7c00) == 0x7c00 ? 0x7f800000u : 0u);
        std::memcpy(to + 4 * i, &bits, sizeof bits);
    }
}

std::vector<std::byte> converted(const std::byte* data, int64_t count, DType from, const Type& to) {
    const size_t step = dtype_bits(to.dtype) / 8;
    std::vector<std::byte> out(static_cast<size_t>(count) * step);
    if (from == to.dtype && !is_float(from)) {
        if (count > 0) std::memcpy(out.data(), data, out.size());
        return out;
    }
    if (count > 0 && to.dtype == DType::f32 && (from == DType::f32 || from == DType::f16)) {
        if (from == DType::f32)
            std::memcpy(out.data(), data, out.size());
        else
            widen_halves(data, out.data(), static_cast<size_t>(count));
        if (all_finite(out.data(), static_cast<size_t>(count))) return out;  // otherwise the element is looked for below
    }
    const bool quantised = to.quant && to.quant->scale.size() == 1 && !is_float(to.dtype);
    const Bounds bounds = is_float(to.dtype) ? Bounds{} : bounds_of(to.dtype);
    for (int64_t i = 0; i < count; ++i) {
        double value = number_at(data, i, from);
        check(std::isfinite(value), "element {} is {}", i, value);
        if (quantised) {
            value =
                std::nearbyint(value / static_cast<double>(to.quant->scale[0])) + static_cast<double>(to.quant->zero_point[0]);
            value = std::fmin(std::fmax(value, bounds.low), bounds.high);
        }
        if (!is_float(to.dtype))
            check(value >= bounds.low && value <= bounds.high && value == std::nearbyint(value),
                  "element {} is {}, which does not go into {}", i, value, dtype_name(to.dtype));
        else if (to.dtype == DType::f32)
            check(std::isfinite(static_cast<float>(value)), "element {} is {}, which is too large for f32", i, value);
        write_number(value, out.data() + static_cast<size_t>(i) * step, to.dtype);
    }
    return out;
}

static double four_bits(const std::byte* data, int64_t i) {
    const int bits = static_cast<int>(data[i / 2]) >> (i % 2 * 4) & 15;
    return bits > 7 ? bits - 16 : bits;
}

std::vector<double> real_values(const Type& type, const Buffer& data) {
    std::vector<double> values(static_cast<size_t>(type.elements()));
    const std::byte* bytes = data.bytes().data();
    for (size_t i = 0; i < values.size(); ++i) {
        const auto at = static_cast<int64_t>(i);
        values[i] = type.dtype == DType::i4 ? four_bits(bytes, at) : number_at(bytes, at, type.dtype);
    }
    if (!type.quant) return values;
    const Quant& q = *type.quant;
    int64_t inner = 1;  // elements under one index of the axis
    for (size_t i = static_cast<size_t>(q.axis + 1); q.axis >= 0 && i < type.shape.size(); ++i) inner *= type.shape[i];
    for (size_t i = 0; i < values.size(); ++i) {
        const size_t channel = q.axis < 0 ? 0 : i / static_cast<size_t>(inner) % q.scale.size();
        values[i] = static_cast<double>(q.scale[channel]) * (values[i] - static_cast<double>(q.zero_point[channel]));
    }
    return values;
}

// Elements of `Size` bytes; `step` by output dimension, in bytes.
template <size_t Size>
static void gather(const std::byte* from, std::byte* to, const Shape& extents, const std::vector<size_t>& step) {
    const size_t rank = extents.size();
    const auto rows = static_cast<size_t>(rank > 1 ? extents[rank - 2] : 1), columns = static_cast<size_t>(extents[rank - 1]);
    const size_t row = rank > 1 ? step[rank - 2] : 0, column = step[rank - 1];
    Shape index(rank, 0);
    for (auto left = static_cast<size_t>(element_count(extents)); left > 0; left -= rows * columns) {
        for (size_t i = 0; i < rows; ++i)
            for (size_t j = 0; j < columns; ++j, to += Size) std::memcpy(to, from + i * row + j * column, Size);
        for (size_t d = rank < 2 ? 0 : rank - 2; d-- > 0;) {
            from += step[d];
            if (++index[d] < extents[d]) break;
            from -= step[d] * static_cast<size_t>(extents[d]);
            index[d] = 0;
        }
    }
}

Buffer transposed(const Buffer& data, const Type& type, const std::vector<int64_t>& perm) {
    const Shape& shape = type.shape;
    if (shape.empty() || data.size() == 0) return data;
    const std::span<const std::byte> from = data.bytes();
    const size_t size = dtype_bits(type.dtype) / 8;
    std::vector<size_t> stride(shape.size(), size), step(shape.size());
    for (size_t i = shape.size(); i-- > 1;) stride[i - 1] = stride[i] * static_cast<size_t>(shape[i]);
    Shape extents(shape.size());
    for (size_t i = 0; i < perm.size(); ++i) {
        extents[i] = shape[static_cast<size_t>(perm[i])];
        step[i] = stride[static_cast<size_t>(perm[i])];
    }
    std::vector<std::byte> to(from.size());
    switch (size) {
        case 1: gather<1>(from.data(), to.data(), extents, step); break;
        case 2: gather<2>(from.data(), to.data(), extents, step); break;
        case 4: gather<4>(from.data(), to.data(), extents, step); break;
        case 8: gather<8>(from.data(), to.data(), extents, step); break;
        default: fail(Fault::internal, "{} cannot be transposed", to_string(type));
    }
    return Buffer::of(std::move(to));
}

}  // namespace tinsmith

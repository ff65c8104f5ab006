#include "data/random.hpp"

#include <cstring>

namespace tinsmith {

uint64_t mixed(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

// In [-1, 1), a multiple of 2^-23: exact in f32.
static double unit(uint64_t bits) { return static_cast<double>(static_cast<int64_t>(bits >> 40) - (1 << 23)) / (1 << 23); }

std::vector<std::byte> random_elements(const Type& type, uint64_t seed, uint64_t sample, uint64_t input) {
    std::vector<std::byte> out(type.bytes());
    const size_t size = dtype_bits(type.dtype) / 8, step = size == 0 ? 1 : size;  // two 4-bit elements to a byte
    uint64_t state = mixed(mixed(mixed(seed) + sample) + input);
    for (size_t at = 0; at < out.size(); at += step) {
        const uint64_t bits = mixed(state++);
        const auto store = [&](auto element) { std::memcpy(out.data() + at, &element, sizeof element); };
        switch (type.dtype) {
            case DType::f32: store(static_cast<float>(unit(bits))); break;
            case DType::f64: store(unit(bits)); break;
            case DType::f16: store(static_cast<uint16_t>((bits >> 63 << 15) + 0x2c00 + (bits & 0xfff))); break;   // 1/16 to 1
            case DType::bf16: store(static_cast<uint16_t>((bits >> 63 << 15) + 0x3d80 + (bits & 0x1ff))); break;  // 1/16 to 1
            case DType::boolean: store(static_cast<uint8_t>(bits & 1)); break;
            case DType::i4:
            case DType::i8:
            case DType::u8: store(static_cast<uint8_t>(bits)); break;
            case DType::i16:
            case DType::u16: store(static_cast<uint16_t>(type.quant ? bits & 0xffff : bits & 0xff)); break;
            case DType::i32:
            case DType::u32: store(static_cast<uint32_t>(bits & 1)); break;
            case DType::i64:
            case DType::u64: store(bits & 1); break;
        }
    }
    return out;
}

}  // namespace tinsmith

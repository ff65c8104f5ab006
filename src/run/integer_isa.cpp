#include "run/integer_isa.hpp"

#include <array>

namespace tinsmith {

ScaleWords scale_words(tin_multiplier m) {
    const int32_t left = m.shift > 0 ? m.shift : 0, right = m.shift > 0 ? 0 : -m.shift;
    const int32_t half = right > 0 ? static_cast<int32_t>(1u << (right - 1)) : 0;
    return {.factor = static_cast<int32_t>(static_cast<uint32_t>(m.mantissa) * 2),
            .offset = half - m.mantissa,
            .right = right,
            .left = left,
            .ties = right > 0 ? half : INT32_MIN};
}

std::span<const IntegerIsa* const> integer_isas() {
#if defined(__x86_64__)
    struct Found {
        std::array<const IntegerIsa*, 2> list{};
        size_t count = 0;
        Found() {
            const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
            if (wide && __builtin_cpu_supports("avx512vnni")) list[count++] = &avx512_vnni_isa;
            if (__builtin_cpu_supports("avx2")) list[count++] = &avx2_isa;
        }
    };
    static const Found found;
    return std::span(found.list).first(found.count);
#else
    return {};
#endif
}

}  // namespace tinsmith

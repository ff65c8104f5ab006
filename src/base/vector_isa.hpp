// Which of the versions that Highway compiles of a function this processor runs. Highway's own choice needs its library, which
// measures timers for five milliseconds whenever a program starts. Included before <hwy/foreach_target.h>.
#pragma once

// Compiled for AVX-512, for AVX2, and for what every processor of the family has.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_SSE4 | HWY_AVX3_DL)

namespace tinsmith {

// A null version was not compiled.
template <typename Function>
Function best_version([[maybe_unused]] Function avx512, [[maybe_unused]] Function avx2, Function baseline) {
#if defined(__x86_64__)
    const bool half = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
                      __builtin_cpu_supports("bmi2");
    const bool whole = half && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512cd");
    if (whole && avx512) return avx512;
    if (half && avx2) return avx2;
#endif
    return baseline;
}

}  // namespace tinsmith

#define TINSMITH_BEST(FUNCTION)                                                                                            \
    tinsmith::best_version<decltype(&HWY_STATIC_DISPATCH(FUNCTION))>(HWY_CHOOSE_AVX3(FUNCTION), HWY_CHOOSE_AVX2(FUNCTION), \
                                                                     HWY_CHOOSE_FALLBACK(FUNCTION))

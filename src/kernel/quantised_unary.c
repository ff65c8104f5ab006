#include "kernel/quantised.h"

#include "kernel/fixed_math.h"

void tin_lookup_8(const uint8_t* x, uint8_t* y, int64_t n, const uint8_t* table) {
    for (int64_t i = 0; i < n; ++i) y[i] = table[x[i]];
}

void tin_lookup_16(const int16_t* x, int16_t* y, int64_t n, const int16_t* table) {
    for (int64_t i = 0; i < n; ++i) {
        const int32_t index = 256 + (x[i] >> 7), slope = (int16_t)(table[index + 1] - table[index]);
        y[i] = (int16_t)(table[index] + ((slope * (x[i] & 127) + 64) >> 7));
    }
}

static int32_t rescaled(int32_t x, const tin_rescale* q) {
    tin_multiplier m = x >= 0 ? q->positive : q->negative;
    const int negate = m.mantissa < 0;
    if (negate) m.mantissa = tin_wrap_sub(0, m.mantissa);
    const int32_t product = tin_scale(x, m);
    return tin_limit(tin_wrap_add(q->zero_y, negate ? tin_wrap_sub(0, product) : product), q->low, q->high);
}

void tin_rescale_qi16(const int16_t* x, int16_t* y, int64_t n, const tin_rescale* q) {
    for (int64_t i = 0; i < n; ++i) y[i] = (int16_t)rescaled(x[i] - q->zero_x, q);
}

void tin_abs_qi16(const int16_t* x, int16_t* y, int64_t n, const tin_rescale* q) {
    for (int64_t i = 0; i < n; ++i) {
        const int32_t v = x[i] - q->zero_x;
        y[i] = (int16_t)rescaled(v < 0 ? -v : v, q);
    }
}

/* With 20 bits more in between. */
void tin_rsqrt_qi16(const int16_t* x, int16_t* y, int64_t n, const tin_rescale* q) {
    tin_multiplier factor = q->positive;
    factor.shift = tin_limit(factor.shift - 20, -31, 31);
    for (int64_t i = 0; i < n; ++i) {
        const int32_t v = x[i] - q->zero_x;
        tin_multiplier root = tin_inverse_sqrt(v);
        root.shift += 20;
        const int32_t product = tin_wrap_add(tin_scale(tin_scale(1, root), factor), q->zero_y);
        y[i] = (int16_t)(v <= 0 ? q->high : tin_limit(product, q->low, q->high));
    }
}

#define REQUANTISE(from, F, to, T)                                                                    \
    void tin_requantise_##from##_##to(const F* x, T* y, int64_t n, const tin_rescale* q) {            \
        for (int64_t i = 0; i < n; ++i) {                                                             \
            const int32_t v = (int32_t)((uint32_t)x[i] - (uint32_t)q->zero_x);                        \
            y[i] = (T)tin_limit(tin_wrap_add(tin_scale(v, q->positive), q->zero_y), q->low, q->high); \
        }                                                                                             \
    }
TIN_EACH_REQUANTISE(REQUANTISE)

/* The logistic function of i / 24 in units of 2^-16. */
static const uint16_t logistic[256] = {
    32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149, 40794, 41432, 42064, 42688,
    43304, 43912, 44511, 45102, 45683, 46255, 46817, 47369, 47911, 48443, 48964, 49475, 49975, 50464, 50942, 51409,
    51865, 52311, 52745, 53169, 53581, 53983, 54374, 54755, 55125, 55485, 55834, 56174, 56503, 56823, 57133, 57433,
    57724, 58007, 58280, 58544, 58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370, 60565, 60753, 60935, 61110,
    61279, 61441, 61599, 61750, 61896, 62036, 62172, 62302, 62428, 62549, 62666, 62778, 62886, 62990, 63090, 63186,
    63279, 63368, 63454, 63536, 63615, 63691, 63765, 63835, 63903, 63968, 64030, 64090, 64148, 64204, 64257, 64308,
    64357, 64405, 64450, 64494, 64536, 64576, 64614, 64652, 64687, 64721, 64754, 64786, 64816, 64845, 64873, 64900,
    64926, 64950, 64974, 64997, 65019, 65039, 65060, 65079, 65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208,
    65221, 65234, 65246, 65258, 65269, 65280, 65291, 65301, 65310, 65319, 65328, 65337, 65345, 65352, 65360, 65367,
    65374, 65381, 65387, 65393, 65399, 65404, 65410, 65415, 65420, 65425, 65429, 65433, 65438, 65442, 65445, 65449,
    65453, 65456, 65459, 65462, 65465, 65468, 65471, 65474, 65476, 65479, 65481, 65483, 65485, 65488, 65489, 65491,
    65493, 65495, 65497, 65498, 65500, 65501, 65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512, 65513,
    65514, 65515, 65516, 65517, 65517, 65518, 65519, 65520, 65520, 65521, 65522, 65522, 65523, 65523, 65524, 65524,
    65525, 65525, 65526, 65526, 65526, 65527, 65527, 65528, 65528, 65528, 65529, 65529, 65529, 65529, 65530, 65530,
    65530, 65530, 65531, 65531, 65531, 65531, 65531, 65532, 65532, 65532, 65532, 65532, 65532, 65533, 65533, 65533,
    65533, 65533, 65533, 65533, 65533, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65535,
};

/* x in units of 1 / (3 * 2^12). */
static int32_t scaled_16(int32_t x, int32_t factor, int32_t shift) {
    return tin_wrap_add(tin_wrap_mul(x, factor), shift > 0 ? 1 << (shift - 1) : 0) >> shift;
}

void tin_sigmoid_qi16(const int16_t* x, int16_t* y, int64_t n, int32_t factor, int32_t shift) {
    for (int64_t i = 0; i < n; ++i) {
        const int32_t v = scaled_16(x[i], factor, shift);
        const uint32_t size = v < 0 ? (uint32_t)-v : (uint32_t)v, at = size >> 9;
        uint32_t value = UINT32_C(0x7FFF) << 10;
        if (at < 255) value = ((uint32_t)logistic[at] << 9) + (size & 511u) * (uint32_t)(logistic[at + 1] - logistic[at]);
        y[i] = (int16_t)((v >= 0 ? value + (1u << 9) : (1u << 25) - value + (1u << 9) - 1u) >> 10);
    }
}

void tin_tanh_qi16(const int16_t* x, int16_t* y, int64_t n, int32_t factor, int32_t shift) {
    for (int64_t i = 0; i < n; ++i) {
        const int32_t v = scaled_16(x[i], factor, shift);
        const uint32_t size = v < 0 ? (uint32_t)-v : (uint32_t)v, at = size >> 8;
        int32_t value = 0xFFFF << 8;
        if (at < 255) value = (logistic[at] << 8) + (int32_t)(size & 255u) * (logistic[at + 1] - logistic[at]);
        y[i] = (int16_t)((v >= 0 ? value - (1 << 23) + (1 << 7) : -value + (1 << 23) + (1 << 7) - 1) >> 8);
    }
}

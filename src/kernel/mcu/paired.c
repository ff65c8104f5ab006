#include "kernel/mcu/paired.h"

#include "kernel/mcu/requantise.h"
#if TIN_MCU_MVE
#include "kernel/mcu/mve.h"
#endif
#if TIN_MCU_ARM && TIN_MCU_SPREAD
#include "kernel/mcu/paired_arm.h"
#endif

tin_mcu_paired tin_mcu_paired_with(int32_t in, int32_t out, int8_t y_zero, const uint32_t* packed, const uint32_t* lanes) {
    const int32_t groups = (in + 3) / 4;
    tin_mcu_paired d;
    d.lanes = lanes;
    d.skip = (uint32_t)(-groups & 3) * 48u;
    d.zero_2_plus_1 = 2 * y_zero + 1;
    d.second = out;
#if TIN_MCU_ARM && TIN_MCU_SPREAD
    d.store = tin_mcu_store_pair;
#else
    d.store = 0;
#endif
    d.lanes_end = lanes + 4 * groups;
    d.even = out & ~1;
    d.packed = packed + 1;
    d.in = in;
    d.out = out;
    d.any = packed[0] != 0 || y_zero != -128;
    return d;
}

#if !TIN_MCU_SPREAD || !TIN_MCU_ARM
/* Stores doubled sums of a pair's channels, of which n are left. */
static void store_pair(const tin_mcu_paired* d, int32_t a, int32_t b, const uint32_t* factors, int32_t n, int8_t* y) {
    y[0] = (int8_t)tin_mcu_stored_any(a, (int32_t)factors[0], factors[2] & 0xFFu, d->zero_2_plus_1);
    if (n > 1) y[1] = (int8_t)tin_mcu_stored_any(b, (int32_t)factors[1], factors[2] >> 8, d->zero_2_plus_1);
}
#endif

#if TIN_MCU_SPREAD
#if !TIN_MCU_ARM
static const uint32_t* tin_mcu_pairs_any(const tin_mcu_paired* d, const uint32_t* w, int8_t* y) {
    for (const int8_t* end = y + d->even; y != end; y += 2, w += 3) {
        int32_t a[2] = {(int32_t)w[0], (int32_t)w[0]}, b[2] = {(int32_t)w[1], (int32_t)w[1]};
        w += 2;
        for (const uint32_t* x = d->lanes; x != d->lanes_end; x += 2, ++w)
            for (int32_t p = 0; p < 2; ++p) {
                a[p] = tin_smlad(x[p], *w, a[p]);
                b[p] = tin_smlad(x[p], tin_even_bytes(*w), b[p]);
            }
        for (int32_t p = 1; p >= 0; --p) {
            const int32_t twice_a = (int32_t)((uint32_t)a[p] - (uint32_t)b[p]) >> 7;
            store_pair(d, twice_a, b[p] * 2, w, 2, y + p * d->second);
        }
    }
    return w;
}
#define tin_mcu_pairs tin_mcu_pairs_any

uint32_t* tin_mcu_spread(const int8_t* p, const int8_t* q, uint32_t* lanes, int32_t n, int32_t rows, int32_t step) {
    for (; rows > 0; --rows, p += step, q += step)
        for (int32_t i = 0; i < n; i += 4, lanes += 4) {
            const uint32_t a = tin_load_word(p + i), b = tin_load_word(q + i);
            lanes[0] = tin_even_bytes(a);
            lanes[1] = tin_even_bytes(b);
            lanes[2] = tin_odd_bytes(a);
            lanes[3] = tin_odd_bytes(b);
        }
    return lanes;
}
#endif

void tin_mcu_spread_any(const int8_t* p, const int8_t* q, uint32_t* lanes, int32_t n) {
    const int32_t last = n & 3, whole = n - last;
    int8_t a[4] = {0, 0, 0, 0}, b[4] = {0, 0, 0, 0};
    if (whole) lanes = tin_mcu_spread(p, q, lanes, whole, 1, 0);
    if (last == 0) return;
    for (int32_t i = 0; i < last; ++i) {
        a[i] = p[whole + i];
        b[i] = q[whole + i];
    }
    tin_mcu_spread(a, b, lanes, 4, 1, 0);
}

static const uint32_t* run_pairs(const tin_mcu_paired* d, const uint32_t* w, int8_t* y) {
    return d->any ? tin_mcu_pairs_any(d, w, y) : tin_mcu_pairs(d, w, y);
}

/* The last of an odd number of outputs. */
static void run_last(tin_mcu_paired d, const uint32_t* w, int8_t* y) {
    int8_t outputs[4];
    const int32_t second = d.second;
    d.second = d.even = 2;
    run_pairs(&d, w, outputs);
    y[second] = outputs[2];
    y[0] = outputs[0];
}

void tin_mcu_paired_lanes(const tin_mcu_paired* d, int8_t* y) {
    const uint32_t* w = d->packed;
    if (d->even) w = run_pairs(d, w, y);
    if (d->even != d->out) run_last(*d, w, y + d->even);
}
#else
/* Sums of two pixels, 256 a + b and b of the first, then of the second, over d->in inputs. */
#if TIN_MCU_MVE
static void add_inputs(const tin_mcu_paired* d, const int8_t* p, const int8_t* q, const uint32_t* w, int32_t* sum) {
    const uint16x8_t inputs = tin_mcu_lane_inputs();
    const int8_t* whole = p + (d->in & ~7);
    int32_t a0 = sum[0], b0 = sum[1], a1 = sum[2], b1 = sum[3];
    for (; p != whole; p += 8, q += 8, w += 4) {
        const int16x8_t lanes = vldrhq_s16((const int16_t*)w);
        tin_mcu_add_lanes(vldrbq_gather_offset_s16(p, inputs), lanes, &a0, &b0);
        tin_mcu_add_lanes(vldrbq_gather_offset_s16(q, inputs), lanes, &a1, &b1);
    }
    if (d->in & 7) {
        const mve_pred16_t which = tin_mcu_lanes_before(inputs, d->in & 7);
        const int16x8_t lanes = vldrhq_z_s16((const int16_t*)w, which);
        tin_mcu_add_lanes(vldrbq_gather_offset_z_s16(p, inputs, which), lanes, &a0, &b0);
        tin_mcu_add_lanes(vldrbq_gather_offset_z_s16(q, inputs, which), lanes, &a1, &b1);
    }
    sum[0] = a0;
    sum[1] = b0;
    sum[2] = a1;
    sum[3] = b1;
}
#else
/* Input i, whose lane is k. */
#define TERM(i, k)                                                    \
    do {                                                              \
        const int32_t both = tin_load_lane(w, k), low = (int8_t)both; \
        a0 += (uint32_t)(p[i] * both), b0 += (uint32_t)(p[i] * low);  \
        a1 += (uint32_t)(q[i] * both), b1 += (uint32_t)(q[i] * low);  \
    } while (0)
static void add_inputs(const tin_mcu_paired* d, const int8_t* p, const int8_t* q, const uint32_t* w, int32_t* sum) {
    const int8_t* end = p + (d->in & ~3);
    const int32_t last = d->in & 3;
    uint32_t a0 = (uint32_t)sum[0], b0 = (uint32_t)sum[1], a1 = (uint32_t)sum[2], b1 = (uint32_t)sum[3];
    for (; p != end; p += 4, q += 4, w += 2) {
        TERM(0, 0);
        TERM(2, 1);
        TERM(1, 2);
        TERM(3, 3);
    }
    if (last > 0) TERM(0, 0);
    if (last > 1) TERM(1, 2);
    if (last > 2) TERM(2, 1);
    sum[0] = (int32_t)a0;
    sum[1] = (int32_t)b0;
    sum[2] = (int32_t)a1;
    sum[3] = (int32_t)b1;
}
#undef TERM
#endif

/* Stores the sums of two pixels, those of the second first: it may be the same. */
static void store_sums(const tin_mcu_paired* d, const int32_t* sum, const uint32_t* factors, int32_t n, int8_t* y) {
    const int32_t a0 = (int32_t)((uint32_t)sum[0] - (uint32_t)sum[1]) >> 7, b0 = sum[1] * 2, z = d->zero_2_plus_1;
    const int32_t a1 = (int32_t)((uint32_t)sum[2] - (uint32_t)sum[3]) >> 7, b1 = sum[3] * 2;
    if (n < 2 || TIN_MCU_LEFT_SHIFTS(factors[2])) {
        store_pair(d, a1, b1, factors, n, y + d->second);
        store_pair(d, a0, b0, factors, n, y);
        return;
    }
    const int32_t ma = (int32_t)factors[0], mb = (int32_t)factors[1];
    const uint32_t ea = factors[2] & 0xFFu, eb = factors[2] >> 8;
    y[d->second] = (int8_t)tin_mcu_stored(a1, ma, tin_mcu_half(z, ea), ea, 1);
    y[d->second + 1] = (int8_t)tin_mcu_stored(b1, mb, tin_mcu_half(z, eb), eb, 1);
    y[0] = (int8_t)tin_mcu_stored(a0, ma, tin_mcu_half(z, ea), ea, 1);
    y[1] = (int8_t)tin_mcu_stored(b0, mb, tin_mcu_half(z, eb), eb, 1);
}

void tin_mcu_paired_rows(const tin_mcu_paired* d, const int8_t* x, int32_t step, int8_t* y) {
    const uint32_t* w = d->packed;
    const int32_t lanes = (d->in + 3) / 4 * 2;
    for (int32_t c = 0; c < d->out; c += 2, w += 5 + lanes) {
        int32_t sum[4] = {(int32_t)w[0], (int32_t)w[1], (int32_t)w[0], (int32_t)w[1]};
        add_inputs(d, x, x + step, w + 2, sum);
        store_sums(d, sum, w + 2 + lanes, d->out - c, y + c);
    }
}
#endif

#include "kernel/lstm_integer.h"

#include "kernel/integer_dot.h"
#include "kernel/quantised.h"

static int16_t saturated(int32_t x) { return (int16_t)tin_limit(x, INT16_MIN, INT16_MAX); }

/* bias[c] + weights[c] . (x - zero), scaled to 16 bits. */
static int16_t product_i8(const int8_t* x, int32_t zero, const int8_t* weights, int64_t n, const int32_t* bias, int64_t c,
                          tin_multiplier scale) {
    int32_t sum = 0;
    tin_dot1_i8(x, zero, weights + c * n, 0, n, &sum);
    return saturated(tin_scale(tin_wrap_add(sum, bias ? bias[c] : 0), scale));
}
static int16_t product_i16(const int16_t* x, int32_t zero, const int8_t* weights, int64_t n, const int64_t* bias, int64_t c,
                           tin_multiplier scale) {
    int64_t sum = 0;
    (void)zero;
    tin_dot1_i16(x, weights + c * n, n, &sum);
    return saturated(tin_scale_wide((int64_t)((uint64_t)sum + (uint64_t)(bias ? bias[c] : 0)), scale));
}

/* state = forget * state + input * update, each product rounded and saturated by itself. */
static void advance(const tin_integer_lstm* l, const int16_t* input, const int16_t* forget, const int16_t* update,
                    int16_t* state, int64_t n) {
    for (int64_t i = 0; i < n; ++i) {
        const int16_t kept = saturated(tin_scale(forget[i] * state[i], l->kept));
        const int16_t added = saturated(tin_scale(input[i] * update[i], l->added));
        state[i] = (int16_t)tin_limit(saturated(kept + added), -l->clip, l->clip);
    }
}

#define LSTM(S, X, B, low, high)                                                                                           \
    static void gate_##S(const tin_integer_lstm* l, const tin_integer_gate* g, const X* x, const X* hidden, int16_t* y) {  \
        for (int64_t b = 0; b < l->batch; ++b, x += l->in, hidden += l->cell)                                              \
            for (int64_t c = 0; c < l->cell; ++c) {                                                                        \
                const int32_t from_x = product_##S(x, l->x_zero, g->weights, l->in, (const B*)g->bias, c, g->scale);       \
                const int32_t from_hidden =                                                                                \
                    product_##S(hidden, l->hidden_zero, g->recurrent, l->cell, (const B*)0, c, g->recurrent_scale);        \
                *y++ = saturated(from_x + from_hidden);                                                                    \
            }                                                                                                              \
    }                                                                                                                      \
    void tin_lstm_step_##S(const tin_integer_lstm* l, const X* x, X* hidden, int16_t* state, int16_t* scratch) {           \
        const int64_t n = l->batch * l->cell;                                                                              \
        int16_t *forget = scratch, *input = forget + n, *update = input + n, *output = update + n;                         \
        gate_##S(l, &l->forget, x, hidden, forget);                                                                        \
        gate_##S(l, &l->input, x, hidden, input);                                                                          \
        gate_##S(l, &l->update, x, hidden, update);                                                                        \
        gate_##S(l, &l->output, x, hidden, output);                                                                        \
        tin_sigmoid_qi16(scratch, scratch, 2 * n, 3, 0);                                                                   \
        tin_tanh_qi16(update, update, n, 3, 0);                                                                            \
        tin_sigmoid_qi16(output, output, n, 3, 0);                                                                         \
        advance(l, input, forget, update, state, n);                                                                       \
        tin_tanh_qi16(state, update, n, l->state_factor, l->state_shift);                                                  \
        for (int64_t i = 0; i < n; ++i)                                                                                    \
            hidden[i] = (X)tin_limit(tin_wrap_add(tin_scale(update[i] * output[i], l->shown), l->hidden_zero), low, high); \
    }
LSTM(i8, int8_t, int32_t, INT8_MIN, INT8_MAX)
LSTM(i16, int16_t, int64_t, INT16_MIN, INT16_MAX)

/* A long short-term memory on stored integers, as TFLite Micro computes it: gates and cell state in 16 bits. */
#ifndef TIN_KERNEL_LSTM_INTEGER_H
#define TIN_KERNEL_LSTM_INTEGER_H
#include "kernel/fixed_point.h"
#ifdef __cplusplus
extern "C" {
#endif
/* weights [cell, in], recurrent [cell, cell]; the scales take sums to units of 2^-12. The bias is [cell] or null: int32_t for x of
 * i8, int64_t for x of i16. */
typedef struct {
    const int8_t *weights, *recurrent;
    const void* bias;
    tin_multiplier scale, recurrent_scale;
} tin_integer_gate;

typedef struct {
    int64_t batch, in, cell;
    tin_integer_gate input, forget, update, output;
    int32_t x_zero, hidden_zero;
    tin_multiplier kept, added;        /* forget * state and input * update to the state's scale */
    tin_multiplier shown;              /* output * tanh(state) to hidden's scale */
    int32_t state_factor, state_shift; /* state * factor / 2^shift is in units of 1 / (3 * 2^12) */
    int32_t clip;                      /* the state stays within -clip..clip; 32768: no bound */
} tin_integer_lstm;

/* One step. x [batch, in]; hidden [batch, cell] and state [batch, cell] are read and replaced; scratch holds 4 * batch * cell.
 * Zero points of i16 are 0. */
void tin_lstm_step_i8(const tin_integer_lstm* l, const int8_t* x, int8_t* hidden, int16_t* state, int16_t* scratch);
void tin_lstm_step_i16(const tin_integer_lstm* l, const int16_t* x, int16_t* hidden, int16_t* state, int16_t* scratch);
#ifdef __cplusplus
}
#endif
#endif

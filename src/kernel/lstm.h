#ifndef TIN_KERNEL_LSTM_H
#define TIN_KERNEL_LSTM_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef enum { TIN_GATE_NONE, TIN_GATE_RELU, TIN_GATE_RELU6, TIN_GATE_RELU_N1_TO_1, TIN_GATE_TANH } tin_gate;

/* One gate: weights [cell, in], recurrent [cell, out], peephole [cell] or null, bias [cell] or null. */
typedef struct {
    const float *weights, *recurrent, *peephole, *bias;
} tin_lstm_gate;

typedef struct {
    int64_t batch, in, cell, out;
    int32_t coupled; /* the input gate is 1 - forget, and has no operands */
    tin_lstm_gate input, forget, update, output;
    const float *projection, *projection_bias; /* [out, cell], [out] or null; without projection out == cell */
    float cell_clip, proj_clip;                /* 0: none */
    tin_gate activation;
} tin_lstm;

/* One step. x [batch, in]; hidden [batch, out] and state [batch, cell] are read and replaced; scratch holds 4 * batch * cell. */
void tin_lstm_step_f32(const tin_lstm* l, const float* x, float* hidden, float* state, float* scratch);

/* The step's second part. gates holds weights x + recurrent hidden + bias of input, forget, update and output, each [batch, cell];
   state is replaced; the cells' outputs [batch, cell], before the projection, come out in the update gate's place. */
void tin_lstm_cells_f32(const tin_lstm* l, float* state, float* gates);
/* hidden = projected, where there is a projection, and clipped; else the cells' outputs themselves. projected may be null: it is
   computed, from floats. */
void tin_lstm_hidden_f32(const tin_lstm* l, const float* cells, const float* projected, float* hidden);

/* h = activation(weights x + recurrent h + bias). x [batch, in], weights [unit, in], recurrent [unit, unit]; next [batch, unit]
   must not overlap hidden. */
void tin_rnn_step_f32(const float* x, const float* weights, const float* recurrent, const float* bias, int64_t batch,
                      int64_t in, int64_t unit, tin_gate activation, const float* hidden, float* next);

/* y = activation(x), over n elements. */
void tin_gate_f32(const float* x, float* y, int64_t n, tin_gate activation);
#ifdef __cplusplus
}
#endif
#endif

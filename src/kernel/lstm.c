#include "kernel/lstm.h"

#include <math.h>
#include <stddef.h>

#include "kernel/dot.h"

void tin_gate_f32(const float* x, float* y, int64_t n, tin_gate activation) {
    for (int64_t i = 0; i < n; ++i) {
        const float v = x[i];
        switch (activation) {
            case TIN_GATE_RELU: y[i] = v < 0.0f ? 0.0f : v; break;
            case TIN_GATE_RELU6: y[i] = v < 0.0f ? 0.0f : v > 6.0f ? 6.0f : v; break;
            case TIN_GATE_RELU_N1_TO_1: y[i] = v < -1.0f ? -1.0f : v > 1.0f ? 1.0f : v; break;
            case TIN_GATE_TANH: y[i] = tanhf(v); break;
            default: y[i] = v; break;
        }
    }
}

static float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

static void clip(float* x, int64_t n, float limit) {
    if (limit > 0.0f)
        for (int64_t i = 0; i < n; ++i) x[i] = x[i] < -limit ? -limit : x[i] > limit ? limit : x[i];
}

/* y[b,c] = bias[c] + weights[c] . x[b] + recurrent[c] . hidden[b] */
static void gate_sum(const tin_lstm* l, const tin_lstm_gate* gate, const float* x, const float* hidden, float* y) {
    for (int64_t b = 0; b < l->batch; ++b)
        for (int64_t c = 0; c < l->cell; ++c) {
            float sum = gate->bias ? gate->bias[c] : 0.0f;
            sum += tin_dot_f32(gate->weights + c * l->in, x + b * l->in, l->in);
            sum += tin_dot_f32(gate->recurrent + c * l->out, hidden + b * l->out, l->out);
            y[b * l->cell + c] = sum;
        }
}

/* y[b,c] += peephole[c] * state[b,c] */
static void peep(const tin_lstm* l, const tin_lstm_gate* gate, const float* state, float* y) {
    if (!gate->peephole) return;
    for (int64_t b = 0; b < l->batch; ++b)
        for (int64_t c = 0; c < l->cell; ++c) y[b * l->cell + c] += gate->peephole[c] * state[b * l->cell + c];
}

void tin_lstm_cells_f32(const tin_lstm* l, float* state, float* gates) {
    const int64_t n = l->batch * l->cell;
    float *input = gates, *forget = input + n, *update = forget + n, *output = update + n;
    if (!l->coupled) peep(l, &l->input, state, input);
    peep(l, &l->forget, state, forget);
    tin_gate_f32(update, update, n, l->activation);
    for (int64_t i = 0; i < n; ++i) {
        const float keep = sigmoid(forget[i]), take = l->coupled ? 1.0f - keep : sigmoid(input[i]);
        state[i] = keep * state[i] + take * update[i];
    }
    clip(state, n, l->cell_clip);
    peep(l, &l->output, state, output); /* it sees the new state */
    tin_gate_f32(state, update, n, l->activation);
    for (int64_t i = 0; i < n; ++i) update[i] *= sigmoid(output[i]);
}

void tin_lstm_hidden_f32(const tin_lstm* l, const float* cells, const float* projected, float* hidden) {
    for (int64_t b = 0; b < l->batch; ++b)
        for (int64_t o = 0; o < l->out; ++o) {
            const int64_t at = b * l->out + o;
            if (projected)
                hidden[at] = projected[at];
            else if (l->projection)
                hidden[at] = (l->projection_bias ? l->projection_bias[o] : 0.0f) +
                             tin_dot_f32(l->projection + o * l->cell, cells + b * l->cell, l->cell);
            else
                hidden[at] = cells[b * l->cell + o];
        }
    if (projected || l->projection) clip(hidden, l->batch * l->out, l->proj_clip);
}

void tin_lstm_step_f32(const tin_lstm* l, const float* x, float* hidden, float* state, float* scratch) {
    const int64_t n = l->batch * l->cell;
    if (!l->coupled) gate_sum(l, &l->input, x, hidden, scratch);
    gate_sum(l, &l->forget, x, hidden, scratch + n);
    gate_sum(l, &l->update, x, hidden, scratch + 2 * n);
    gate_sum(l, &l->output, x, hidden, scratch + 3 * n);
    tin_lstm_cells_f32(l, state, scratch);
    tin_lstm_hidden_f32(l, scratch + 2 * n, NULL, hidden);
}

void tin_rnn_step_f32(const float* x, const float* weights, const float* recurrent, const float* bias, int64_t batch,
                      int64_t in, int64_t unit, tin_gate activation, const float* hidden, float* next) {
    for (int64_t b = 0; b < batch; ++b)
        for (int64_t u = 0; u < unit; ++u)
            next[b * unit + u] = bias[u] + tin_dot_f32(weights + u * in, x + b * in, in) +
                                 tin_dot_f32(recurrent + u * unit, hidden + b * unit, unit);
    tin_gate_f32(next, next, batch * unit, activation);
}

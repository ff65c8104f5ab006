/* ESP-NN's functions by tinsmith's plain kernels. */
#include "esp_nn.h"
#include "kernel/conv_integer.h"
#include "kernel/mat_mul_integer.h"
#include "stub.h"

#define CHANNELS 2048
nn_stub_calls nn_stub;
int nn_stub_wants = 16;
static tin_multiplier scale[CHANNELS];

static tin_weighted_sum sum_of(int32_t in, int32_t out, act_params_t range, const quant_data_t* q, int32_t channels) {
    const tin_weighted_sum s = {-in, 0, out, range.min, range.max, scale};
    for (int32_t c = 0; c < channels; ++c) {
        scale[c].mantissa = q->mult[c];
        scale[c].shift = q->shift[c];
    }
    return s;
}
static tin_window window_of(const data_dims_t* in, const data_dims_t* filter, const data_dims_t* out, data_2d_t stride,
                            data_2d_t padding) {
    const tin_window w = {1,
                          in->height,
                          in->width,
                          in->channels,
                          out->height,
                          out->width,
                          out->channels,
                          filter->height,
                          filter->width,
                          stride.height,
                          stride.width,
                          1,
                          1,
                          padding.height,
                          padding.width};
    return w;
}
/* The library may write all of the work space that it asked for. */
static void use(const void* buffer) {
    for (int i = 0; i < nn_stub_wants; ++i) ((int8_t*)(uintptr_t)buffer)[i] = 77;
}

int esp_nn_get_conv_scratch_size(const data_dims_t* in, const data_dims_t* filter, const data_dims_t* out,
                                 const conv_params_t* p) {
    (void)p, (void)in, (void)filter, (void)out;
    return nn_stub_wants;
}
void esp_nn_set_conv_scratch_buf(const void* buffer) { use(buffer); }
void esp_nn_conv_s8(const data_dims_t* in, const int8_t* x, const data_dims_t* filter, const int8_t* weights,
                    const int32_t* bias, const data_dims_t* out, int8_t* y, const conv_params_t* p, const quant_data_t* q) {
    const tin_window w = window_of(in, filter, out, p->stride, p->padding);
    const tin_weighted_sum s = sum_of(p->in_offset, p->out_offset, p->activation, q, out->channels);
    ++nn_stub.conv;
    tin_conv_i8(&w, 1, x, weights, bias, &s, y);
}

int esp_nn_get_depthwise_conv_scratch_size(const data_dims_t* in, const data_dims_t* filter, const data_dims_t* out,
                                           const dw_conv_params_t* p) {
    (void)p, (void)in, (void)filter, (void)out;
    return nn_stub_wants;
}
void esp_nn_set_depthwise_conv_scratch_buf(const void* buffer) { use(buffer); }
void esp_nn_depthwise_conv_s8(const data_dims_t* in, const int8_t* x, const data_dims_t* filter, const int8_t* weights,
                              const int32_t* bias, const data_dims_t* out, int8_t* y, const dw_conv_params_t* p,
                              const quant_data_t* q) {
    const tin_window w = window_of(in, filter, out, p->stride, p->padding);
    const tin_weighted_sum s = sum_of(p->in_offset, p->out_offset, p->activation, q, out->channels);
    if (p->ch_mult * in->channels != out->channels) return;
    ++nn_stub.depthwise;
    tin_depthwise_conv_i8(&w, x, weights, bias, &s, y);
}

void esp_nn_fully_connected_s8(const int8_t* x, int32_t in_offset, uint16_t row_len, const int8_t* weights,
                               int32_t filter_offset, const int32_t* bias, int8_t* y, uint16_t out, int32_t out_offset,
                               int32_t shift, int32_t mult, int32_t low, int32_t high) {
    const tin_dense d = {1, row_len, out};
    const tin_weighted_sum s = {-in_offset, 0, out_offset, low, high, scale};
    (void)filter_offset;
    for (int32_t c = 0; c < out; ++c) {
        scale[c].mantissa = mult;
        scale[c].shift = shift;
    }
    ++nn_stub.dense;
    tin_fully_connected_i8(&d, x, weights, bias, &s, y);
}

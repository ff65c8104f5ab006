/* CMSIS-NN's functions by tinsmith's plain kernels. */
#include "arm_nnfunctions.h"
#include "kernel/conv_integer.h"
#include "kernel/mat_mul_integer.h"
#include "stub.h"

#define CHANNELS 2048
nn_stub_calls nn_stub;
int nn_stub_wants = 16;
static tin_multiplier scale[CHANNELS];

static tin_weighted_sum sum_of(int32_t in, int32_t out, cmsis_nn_activation range, const cmsis_nn_per_channel_quant_params* q,
                               int32_t channels) {
    const tin_weighted_sum s = {-in, 0, out, range.min, range.max, scale};
    for (int32_t c = 0; c < channels; ++c) {
        scale[c].mantissa = q->multiplier[c];
        scale[c].shift = q->shift[c];
    }
    return s;
}
static tin_window window_of(const cmsis_nn_dims* in, const cmsis_nn_dims* filter, const cmsis_nn_dims* out,
                            cmsis_nn_tile stride, cmsis_nn_tile padding, cmsis_nn_tile dilation) {
    const tin_window w = {in->n,     in->h,    in->w,    in->c,      out->h,     out->w,    out->c,   filter->h,
                          filter->w, stride.h, stride.w, dilation.h, dilation.w, padding.h, padding.w};
    return w;
}
/* The library may write all of the work space that it asked for. */
static void use(const cmsis_nn_context* context) {
    for (int32_t i = 0; i < context->size; ++i) ((int8_t*)context->buf)[i] = 77;
}

int32_t arm_convolve_wrapper_s8_get_buffer_size(const cmsis_nn_conv_params* p, const cmsis_nn_dims* in,
                                                const cmsis_nn_dims* filter, const cmsis_nn_dims* out) {
    (void)p, (void)in, (void)filter, (void)out;
    return nn_stub_wants;
}
arm_cmsis_nn_status arm_convolve_wrapper_s8(const cmsis_nn_context* ctx, const cmsis_nn_conv_params* p,
                                            const cmsis_nn_per_channel_quant_params* q, const cmsis_nn_dims* in,
                                            const int8_t* x, const cmsis_nn_dims* filter, const int8_t* weights,
                                            const cmsis_nn_dims* bias_dims, const int32_t* bias, const cmsis_nn_dims* out,
                                            int8_t* y) {
    const tin_window w = window_of(in, filter, out, p->stride, p->padding, p->dilation);
    const tin_weighted_sum s = sum_of(p->input_offset, p->output_offset, p->activation, q, out->c);
    use(ctx);
    if (filter->n != out->c || filter->c != in->c || bias_dims->c != out->c) return ARM_CMSIS_NN_ARG_ERROR;
    ++nn_stub.conv;
    tin_conv_i8(&w, 1, x, weights, bias, &s, y);
    return ARM_CMSIS_NN_SUCCESS;
}

int32_t arm_depthwise_conv_wrapper_s8_get_buffer_size(const cmsis_nn_dw_conv_params* p, const cmsis_nn_dims* in,
                                                      const cmsis_nn_dims* filter, const cmsis_nn_dims* out) {
    (void)p, (void)in, (void)filter, (void)out;
    return nn_stub_wants;
}
arm_cmsis_nn_status arm_depthwise_conv_wrapper_s8(const cmsis_nn_context* ctx, const cmsis_nn_dw_conv_params* p,
                                                  const cmsis_nn_per_channel_quant_params* q, const cmsis_nn_dims* in,
                                                  const int8_t* x, const cmsis_nn_dims* filter, const int8_t* weights,
                                                  const cmsis_nn_dims* bias_dims, const int32_t* bias, const cmsis_nn_dims* out,
                                                  int8_t* y) {
    const tin_window w = window_of(in, filter, out, p->stride, p->padding, p->dilation);
    const tin_weighted_sum s = sum_of(p->input_offset, p->output_offset, p->activation, q, out->c);
    use(ctx);
    if (p->ch_mult * in->c != out->c || filter->c != out->c || bias_dims->c != out->c) return ARM_CMSIS_NN_ARG_ERROR;
    ++nn_stub.depthwise;
    tin_depthwise_conv_i8(&w, x, weights, bias, &s, y);
    return ARM_CMSIS_NN_SUCCESS;
}

int32_t arm_fully_connected_s8_get_buffer_size(const cmsis_nn_dims* filter) {
    (void)filter;
    return 0;
}
arm_cmsis_nn_status arm_fully_connected_s8(const cmsis_nn_context* ctx, const cmsis_nn_fc_params* p,
                                           const cmsis_nn_per_tensor_quant_params* q, const cmsis_nn_dims* in, const int8_t* x,
                                           const cmsis_nn_dims* filter, const int8_t* weights, const cmsis_nn_dims* bias_dims,
                                           const int32_t* bias, const cmsis_nn_dims* out, int8_t* y) {
    const tin_dense d = {in->n, filter->n, out->c};
    const tin_weighted_sum s = {-p->input_offset, 0, p->output_offset, p->activation.min, p->activation.max, scale};
    (void)ctx, (void)bias_dims;
    for (int32_t c = 0; c < out->c; ++c) {
        scale[c].mantissa = q->multiplier;
        scale[c].shift = q->shift;
    }
    ++nn_stub.dense;
    tin_fully_connected_i8(&d, x, weights, bias, &s, y);
    return ARM_CMSIS_NN_SUCCESS;
}
arm_cmsis_nn_status arm_fully_connected_per_channel_s8(const cmsis_nn_context* ctx, const cmsis_nn_fc_params* p,
                                                       const cmsis_nn_per_channel_quant_params* q, const cmsis_nn_dims* in,
                                                       const int8_t* x, const cmsis_nn_dims* filter, const int8_t* weights,
                                                       const cmsis_nn_dims* bias_dims, const int32_t* bias,
                                                       const cmsis_nn_dims* out, int8_t* y) {
    const tin_dense d = {in->n, filter->n, out->c};
    const tin_weighted_sum s = sum_of(p->input_offset, p->output_offset, p->activation, q, out->c);
    use(ctx);
    if (bias_dims->c != out->c || ctx->size < 0) return ARM_CMSIS_NN_ARG_ERROR;
    ++nn_stub.per_row;
    tin_fully_connected_i8(&d, x, weights, bias, &s, y);
    return ARM_CMSIS_NN_SUCCESS;
}

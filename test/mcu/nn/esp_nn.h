/* What generated C needs of ESP-NN's interface, declared for the tests: the library itself is not part of them. */
#ifndef ESP_NN_H
#define ESP_NN_H
#include <stdint.h>

typedef struct {
    int32_t min, max;
} act_params_t;
typedef struct {
    int32_t width, height;
} data_2d_t;
typedef struct {
    int32_t width, height, channels, extra;
} data_dims_t;
typedef struct {
    int32_t in_offset, out_offset;
    data_2d_t stride, padding, dilation;
    act_params_t activation;
} conv_params_t;
typedef struct {
    int32_t in_offset, out_offset, ch_mult;
    data_2d_t stride, padding, dilation;
    act_params_t activation;
} dw_conv_params_t;
typedef struct {
    int32_t *shift, *mult;
} quant_data_t;

int esp_nn_get_conv_scratch_size(const data_dims_t* input_dims, const data_dims_t* filter_dims, const data_dims_t* output_dims,
                                 const conv_params_t* params);
void esp_nn_set_conv_scratch_buf(const void* buf);
void esp_nn_conv_s8(const data_dims_t* input_dims, const int8_t* input_data, const data_dims_t* filter_dims,
                    const int8_t* filter_data, const int32_t* bias, const data_dims_t* output_dims, int8_t* out_data,
                    const conv_params_t* params, const quant_data_t* quant_data);
int esp_nn_get_depthwise_conv_scratch_size(const data_dims_t* input_dims, const data_dims_t* filter_dims,
                                           const data_dims_t* output_dims, const dw_conv_params_t* params);
void esp_nn_set_depthwise_conv_scratch_buf(const void* buf);
void esp_nn_depthwise_conv_s8(const data_dims_t* input_dims, const int8_t* input_data, const data_dims_t* filter_dims,
                              const int8_t* filter_data, const int32_t* bias, const data_dims_t* output_dims, int8_t* out_data,
                              const dw_conv_params_t* params, const quant_data_t* quant_data);
void esp_nn_fully_connected_s8(const int8_t* input_data, int32_t input_offset, uint16_t row_len, const int8_t* filter_data,
                               int32_t filter_offset, const int32_t* bias, int8_t* out_data, uint16_t out_channels,
                               int32_t out_offset, int32_t out_shift, int32_t out_mult, int32_t activation_min,
                               int32_t activation_max);
#endif

#include "backend/c/nn_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tinsmith::c99 {

namespace {

const std::map<std::string_view, std::string_view> adapters_of{{"tin_conv_i8", "tin_nn_conv_i8"},
                                                               {"tin_depthwise_conv_i8", "tin_nn_depthwise_conv_i8"},
                                                               {"tin_fully_connected_i8", "tin_nn_fully_connected_i8"}};

// What all adapters of a library need.
constexpr std::string_view cmsis_common = R"(#include "arm_nnfunctions.h"
)";
constexpr std::string_view esp_common = R"(#include "esp_nn.h"
)";

constexpr std::string_view split = R"(
/* Multipliers, then shifts, as the libraries take them. */
TIN_STATIC void tin_nn_split(const tin_multiplier* scale, int32_t n, int32_t* to) {
    int32_t i;
    for (i = 0; i < n; ++i) {
        to[i] = scale[i].mantissa;
        to[n + i] = scale[i].shift;
    }
}
)";

constexpr std::string_view cmsis_conv = R"(
TIN_STATIC void tin_nn_conv_i8(const tin_window* w, int64_t groups, const int8_t* x, const int8_t* weights, const int32_t* bias,
                               const tin_weighted_sum* q, int8_t* y, int32_t* work, int32_t bytes) {
    const int32_t n = (int32_t)w->out_c;
    const cmsis_nn_conv_params p = {.input_offset = -q->x_zero,
                                    .output_offset = q->y_zero,
                                    .stride = {.w = (int32_t)w->stride_w, .h = (int32_t)w->stride_h},
                                    .padding = {.w = (int32_t)w->pad_left, .h = (int32_t)w->pad_top},
                                    .dilation = {.w = (int32_t)w->dilation_w, .h = (int32_t)w->dilation_h},
                                    .activation = {.min = q->low, .max = q->high}};
    const cmsis_nn_dims in = {.n = (int32_t)w->batch, .h = (int32_t)w->in_h, .w = (int32_t)w->in_w, .c = (int32_t)w->in_c};
    const cmsis_nn_dims filter = {.n = n, .h = (int32_t)w->kernel_h, .w = (int32_t)w->kernel_w, .c = (int32_t)w->in_c};
    const cmsis_nn_dims out = {.n = (int32_t)w->batch, .h = (int32_t)w->out_h, .w = (int32_t)w->out_w, .c = n};
    const cmsis_nn_dims per_channel = {.n = 1, .h = 1, .w = 1, .c = n};
    const cmsis_nn_per_channel_quant_params scale = {.multiplier = work, .shift = work + n};
    cmsis_nn_context context;
    context.buf = work + 2 * n;
    context.size = arm_convolve_wrapper_s8_get_buffer_size(&p, &in, &filter, &out);
    if (groups == 1 && context.size <= bytes - 8 * n) {
        tin_nn_split(q->scale, n, work);
        if (arm_convolve_wrapper_s8(&context, &p, &scale, &in, x, &filter, weights, &per_channel, bias, &out, y) == ARM_CMSIS_NN_SUCCESS)
            return;
    }
    tin_conv_i8(w, groups, x, weights, bias, q, y);
}
)";

constexpr std::string_view cmsis_depthwise = R"(
TIN_STATIC void tin_nn_depthwise_conv_i8(const tin_window* w, const int8_t* x, const int8_t* weights, const int32_t* bias,
                                         const tin_weighted_sum* q, int8_t* y, int32_t* work, int32_t bytes) {
    const int32_t n = (int32_t)w->out_c;
    const cmsis_nn_dw_conv_params p = {.input_offset = -q->x_zero,
                                       .output_offset = q->y_zero,
                                       .ch_mult = (int32_t)(w->out_c / w->in_c),
                                       .stride = {.w = (int32_t)w->stride_w, .h = (int32_t)w->stride_h},
                                       .padding = {.w = (int32_t)w->pad_left, .h = (int32_t)w->pad_top},
                                       .dilation = {.w = (int32_t)w->dilation_w, .h = (int32_t)w->dilation_h},
                                       .activation = {.min = q->low, .max = q->high}};
    const cmsis_nn_dims in = {.n = (int32_t)w->batch, .h = (int32_t)w->in_h, .w = (int32_t)w->in_w, .c = (int32_t)w->in_c};
    const cmsis_nn_dims filter = {.n = 1, .h = (int32_t)w->kernel_h, .w = (int32_t)w->kernel_w, .c = n};
    const cmsis_nn_dims out = {.n = (int32_t)w->batch, .h = (int32_t)w->out_h, .w = (int32_t)w->out_w, .c = n};
    const cmsis_nn_dims per_channel = {.n = 1, .h = 1, .w = 1, .c = n};
    const cmsis_nn_per_channel_quant_params scale = {.multiplier = work, .shift = work + n};
    cmsis_nn_context context;
    context.buf = work + 2 * n;
    context.size = arm_depthwise_conv_wrapper_s8_get_buffer_size(&p, &in, &filter, &out);
    if (context.size <= bytes - 8 * n) {
        tin_nn_split(q->scale, n, work);
        if (arm_depthwise_conv_wrapper_s8(&context, &p, &scale, &in, x, &filter, weights, &per_channel, bias, &out, y) ==
            ARM_CMSIS_NN_SUCCESS)
            return;
    }
    tin_depthwise_conv_i8(w, x, weights, bias, q, y);
}
)";

constexpr std::string_view same_scale = R"(
/* Whether one multiplier serves all channels: what the libraries' dense layers take. */
TIN_STATIC int tin_nn_is_one_scale(const tin_multiplier* scale, int64_t n) {
    int64_t i;
    for (i = 1; i < n; ++i)
        if (scale[i].mantissa != scale[0].mantissa || scale[i].shift != scale[0].shift) return 0;
    return 1;
}
)";

constexpr std::string_view cmsis_dense = R"(
/* Where the library wants sums of its weights, with Helium, tinsmith's kernel computes them with the rest. */
TIN_STATIC void tin_nn_fully_connected_i8(const tin_dense* d, const int8_t* x, const int8_t* weights, const int32_t* bias,
                                          const tin_weighted_sum* q, int8_t* y, int32_t* work, int32_t bytes) {
    const int32_t n = (int32_t)d->out;
    const cmsis_nn_fc_params p = {.input_offset = -q->x_zero,
                                  .filter_offset = 0,
                                  .output_offset = q->y_zero,
                                  .activation = {.min = q->low, .max = q->high}};
    const cmsis_nn_dims in = {.n = (int32_t)d->rows, .h = 1, .w = 1, .c = (int32_t)d->in};
    const cmsis_nn_dims filter = {.n = (int32_t)d->in, .h = 1, .w = 1, .c = n};
    const cmsis_nn_dims out = {.n = (int32_t)d->rows, .h = 1, .w = 1, .c = n};
    const cmsis_nn_dims per_channel = {.n = 1, .h = 1, .w = 1, .c = n};
    const cmsis_nn_per_tensor_quant_params scale = {.multiplier = q->scale[0].mantissa, .shift = q->scale[0].shift};
    cmsis_nn_context context;
    context.buf = work;
    context.size = bytes;
    if (q->weights_zero == 0 && arm_fully_connected_s8_get_buffer_size(&filter) == 0) {
        if (tin_nn_is_one_scale(q->scale, d->out)) {
            if (arm_fully_connected_s8(&context, &p, &scale, &in, x, &filter, weights, &per_channel, bias, &out, y) ==
                ARM_CMSIS_NN_SUCCESS)
                return;
        } else if (8 * n <= bytes) {
            const cmsis_nn_per_channel_quant_params scales = {.multiplier = work, .shift = work + n};
            tin_nn_split(q->scale, n, work);
            context.buf = work + 2 * n;
            context.size = bytes - 8 * n;
            if (arm_fully_connected_per_channel_s8(&context, &p, &scales, &in, x, &filter, weights, &per_channel, bias, &out, y) ==
                ARM_CMSIS_NN_SUCCESS)
                return;
        }
    }
    tin_fully_connected_i8(d, x, weights, bias, q, y);
}
)";

constexpr std::string_view esp_conv = R"(
TIN_STATIC void tin_nn_conv_i8(const tin_window* w, int64_t groups, const int8_t* x, const int8_t* weights, const int32_t* bias,
                               const tin_weighted_sum* q, int8_t* y, int32_t* work, int32_t bytes) {
    const int32_t n = (int32_t)w->out_c;
    const conv_params_t p = {.in_offset = -q->x_zero,
                             .out_offset = q->y_zero,
                             .stride = {.width = (int32_t)w->stride_w, .height = (int32_t)w->stride_h},
                             .padding = {.width = (int32_t)w->pad_left, .height = (int32_t)w->pad_top},
                             .dilation = {.width = (int32_t)w->dilation_w, .height = (int32_t)w->dilation_h},
                             .activation = {.min = q->low, .max = q->high}};
    const data_dims_t in = {.width = (int32_t)w->in_w, .height = (int32_t)w->in_h, .channels = (int32_t)w->in_c, .extra = 1};
    const data_dims_t filter = {.width = (int32_t)w->kernel_w, .height = (int32_t)w->kernel_h, .channels = (int32_t)w->in_c, .extra = 0};
    const data_dims_t out = {.width = (int32_t)w->out_w, .height = (int32_t)w->out_h, .channels = n, .extra = 1};
    const quant_data_t scale = {.mult = work, .shift = work + n};
    if (groups == 1 && w->batch == 1 && w->dilation_h == 1 && w->dilation_w == 1 &&
        esp_nn_get_conv_scratch_size(&in, &filter, &out, &p) <= bytes - 8 * n) {
        tin_nn_split(q->scale, n, work);
        esp_nn_set_conv_scratch_buf(work + 2 * n);
        esp_nn_conv_s8(&in, x, &filter, weights, bias, &out, y, &p, &scale);
        return;
    }
    tin_conv_i8(w, groups, x, weights, bias, q, y);
}
)";

constexpr std::string_view esp_depthwise = R"(
TIN_STATIC void tin_nn_depthwise_conv_i8(const tin_window* w, const int8_t* x, const int8_t* weights, const int32_t* bias,
                                         const tin_weighted_sum* q, int8_t* y, int32_t* work, int32_t bytes) {
    const int32_t n = (int32_t)w->out_c;
    const dw_conv_params_t p = {.in_offset = -q->x_zero,
                                .out_offset = q->y_zero,
                                .ch_mult = (int32_t)(w->out_c / w->in_c),
                                .stride = {.width = (int32_t)w->stride_w, .height = (int32_t)w->stride_h},
                                .padding = {.width = (int32_t)w->pad_left, .height = (int32_t)w->pad_top},
                                .dilation = {.width = (int32_t)w->dilation_w, .height = (int32_t)w->dilation_h},
                                .activation = {.min = q->low, .max = q->high}};
    const data_dims_t in = {.width = (int32_t)w->in_w, .height = (int32_t)w->in_h, .channels = (int32_t)w->in_c, .extra = 1};
    const data_dims_t filter = {.width = (int32_t)w->kernel_w, .height = (int32_t)w->kernel_h, .channels = 0, .extra = 0};
    const data_dims_t out = {.width = (int32_t)w->out_w, .height = (int32_t)w->out_h, .channels = n, .extra = 1};
    const quant_data_t scale = {.mult = work, .shift = work + n};
    if (w->batch == 1 && w->dilation_h == 1 && w->dilation_w == 1 &&
        esp_nn_get_depthwise_conv_scratch_size(&in, &filter, &out, &p) <= bytes - 8 * n) {
        tin_nn_split(q->scale, n, work);
        esp_nn_set_depthwise_conv_scratch_buf(work + 2 * n);
        esp_nn_depthwise_conv_s8(&in, x, &filter, weights, bias, &out, y, &p, &scale);
        return;
    }
    tin_depthwise_conv_i8(w, x, weights, bias, q, y);
}
)";

constexpr std::string_view esp_dense = R"(
TIN_STATIC void tin_nn_fully_connected_i8(const tin_dense* d, const int8_t* x, const int8_t* weights, const int32_t* bias,
                                          const tin_weighted_sum* q, int8_t* y, int32_t* work, int32_t bytes) {
    (void)work;
    (void)bytes;
    if (q->weights_zero == 0 && d->in <= UINT16_MAX && d->out <= UINT16_MAX && tin_nn_is_one_scale(q->scale, d->out)) {
        int64_t row;
        for (row = 0; row < d->rows; ++row)
            esp_nn_fully_connected_s8(x + row * d->in, -q->x_zero, (uint16_t)d->in, weights, 0, bias, y + row * d->out, (uint16_t)d->out,
                                      q->y_zero, q->scale[0].shift, q->scale[0].mantissa, q->low, q->high);
        return;
    }
    tin_fully_connected_i8(d, x, weights, bias, q, y);
}
)";

struct Library {
    std::string_view common, conv, depthwise, dense;
    bool dense_splits;  // takes a multiplier for each row
};

std::string text_of(const Library& library, const std::set<std::string>& adapters) {
    std::string out(library.common);
    const bool conv = adapters.contains("tin_nn_conv_i8"), depthwise = adapters.contains("tin_nn_depthwise_conv_i8");
    const bool dense = adapters.contains("tin_nn_fully_connected_i8");
    if (conv || depthwise || (dense && library.dense_splits)) out += split;
    if (conv) out += library.conv;
    if (depthwise) out += library.depthwise;
    if (dense) out += std::string(same_scale) + std::string(library.dense);
    return out;
}

}  // namespace

std::optional<NodeCalls> nn_calls(const NodeCalls& plain) {
    NodeCalls out = plain;
    bool any = false;
    for (Call& call : out.calls)
        if (const auto found = adapters_of.find(call.kernel); found != adapters_of.end()) {
            call.kernel = found->second;
            any = true;
        }
    return any ? std::optional(std::move(out)) : std::nullopt;
}

// Whether all rows of a dense layer are scaled alike.
static bool one_scale(const NodeCalls& calls, const Call& dense) {
    const Argument& scale = dense.arguments[4].members.at(0).members.back();
    if (scale.place.kind != Place::Kind::list) return true;
    const std::vector<Argument>& all = calls.lists[scale.place.id].members;
    return std::all_of(all.begin(), all.end(), [&](const Argument& each) { return each == all.front(); });
}

size_t nn_bytes(const NodeCalls& calls) {
    constexpr int64_t multiplier = 8, columns = 8, reserve = 256;
    int64_t most = 0;
    for (const Call& call : calls.calls) {
        const bool conv = call.kernel == "tin_nn_conv_i8";
        if (call.kernel == "tin_nn_fully_connected_i8" && !one_scale(calls, call))
            most = std::max(most, multiplier * call.arguments[0].members.at(0).members[2].integer);
        if (!conv && call.kernel != "tin_nn_depthwise_conv_i8") continue;
        const std::vector<Argument>& w = call.arguments[0].members.at(0).members;
        const int64_t taps = w[7].integer * w[8].integer * w[3].integer;
        most = std::max(most, multiplier * w[6].integer + columns * taps + reserve);
    }
    return static_cast<size_t>((most + 15) / 16 * 16);
}

std::string nn_adapters(const std::set<std::string>& adapters, std::string_view upper) {
    const Library cmsis{cmsis_common, cmsis_conv, cmsis_depthwise, cmsis_dense, true};
    const Library esp{esp_common, esp_conv, esp_depthwise, esp_dense, false};
    return fmt::format("#if {0}_USE_CMSIS_NN\n{1}#elif {0}_USE_ESP_NN\n{2}#endif\n", upper, text_of(cmsis, adapters),
                       text_of(esp, adapters));
}

}  // namespace tinsmith::c99

// On ESP32-S3 convolutions copy what they read: filters and rows to multiples of the vectors' 16 bytes, images with their borders.
#include "micro/esp_nn.hpp"

#include <algorithm>

namespace tinsmith {

using tflite::BuiltinOperator;
using tflite::Tensor;
using tflite::TensorType;

namespace {

int64_t extent(const Tensor* tensor, flatbuffers::uoffset_t dim) {
    if (!tensor || !tensor->shape() || dim >= tensor->shape()->size()) return 1;
    return std::max(0, tensor->shape()->Get(dim));
}

int64_t rounded(int64_t value, int64_t to) { return (value + to - 1) / to * to; }

// A window over an image, along one side.
struct Side {
    int64_t in, filter, out, stride, pad;

    // With the border on both ends.
    int64_t bordered() const { return in + 2 * pad; }
    // What the last window lacks, and one more.
    int64_t beyond() const { return std::max<int64_t>(0, out * stride + filter - 1 - in); }
};

Side side(const MicroOperator& o, flatbuffers::uoffset_t dim, int stride, bool same) {
    Side out{extent(o.input(0), dim), extent(o.input(1), dim), extent(o.output(0), dim), std::max(1, stride), 0};
    if (same) out.pad = std::max<int64_t>(0, (out.out - 1) * out.stride + out.filter - out.in) / 2;
    return out;
}

int64_t convolution(const Side& h, const Side& w, int64_t in, int64_t out) {
    constexpr int64_t margin = 64;
    const bool padded = h.pad != 0 || w.pad != 0;
    if (h.filter == 1 && w.filter == 1 && !padded && h.stride == 1 && w.stride == 1) {
        const int64_t channels = rounded(in, 8), pixels = h.in * w.in;
        return (in % 8 == 0 ? 0 : pixels * channels) + channels * out + (pixels < 8 ? 0 : 16 * channels) + margin;
    }
    const int64_t row = w.filter * in, window = row * h.filter;
    if (row < 16 && window >= 16) return out * 4 + 16 + out * rounded(window, 16) + 16 + rounded(window, 16) + margin;
    const int64_t image = padded ? w.bordered() * h.bordered() * in : 0;
    const bool reaches = w.beyond() > 0 || h.beyond() > 0;
    const int64_t beyond = reaches ? (w.in + w.beyond()) * (h.in + h.beyond()) * in : 0;
    return image + w.filter * h.filter * rounded(in, 16) * out + rounded(row, 16) * h.filter * out + beyond + margin + out * 4;
}

// Three by three over a multiple of 16 channels: the image with its border, or as many rows as the filter has.
int64_t depthwise_rows(const Side& h, const Side& w, int64_t channels, int64_t filter) {
    constexpr int64_t whole = int64_t{40} * 1024;
    const bool padded = h.pad != 0 || w.pad != 0;
    const int64_t width = padded ? 2 * w.pad : w.out * w.stride + w.filter - 1 - w.in;
    const int64_t height = padded ? 2 * h.pad : h.out * h.stride + h.filter - 1 - h.in;
    if (width == 0 && height == 0) return filter + 16;
    const int64_t all = (w.in + width) * (h.in + height) * channels;
    return filter + 16 + (all <= whole ? all : (w.in + width) * h.filter * channels);
}

int64_t depthwise(const Side& h, const Side& w, int64_t channels, int64_t multiplier) {
    constexpr int64_t whole = int64_t{48} * 1024;
    const int64_t filter = w.filter * h.filter * channels * multiplier, image = w.in * h.in * channels;
    if (multiplier == 1 && channels % 8 == 0) {
        if (w.filter != 3 || h.filter != 3) {
            const int64_t all = 2 * (filter + image);
            return 32 + (all <= whole ? all : 2 * filter + 2 * w.in * h.filter * channels);
        }
        if (channels % 16 == 0) return depthwise_rows(h, w, channels, filter);
        if (channels < 12) return 2 * (filter + image) + 32;
        const int64_t wide = rounded(channels, 16);
        const int64_t width = w.in + 2 * w.pad + w.beyond(), height = h.in + 2 * h.pad + h.beyond();
        return 9 * wide + width * height * wide + w.out * h.out * wide + 64;
    }
    if (multiplier == 1 && channels > 3) {
        const int64_t wide = rounded(channels, 8);
        return rounded(rounded(rounded(2 * w.filter * h.filter * wide, 16) + 2 * w.in * h.in * wide, 16) + w.out * h.out * wide,
                       16) +
               12 * wide + 16;
    }
    return multiplier % 4 == 0 ? 2 * (filter + image) + 32 : 32;
}

int64_t scratch(const MicroOperator& o) {
    if (const auto* options = o.op.builtin_options_as_Conv2DOptions()) {
        const bool same = options->padding() == tflite::Padding::SAME;
        return convolution(side(o, 1, options->stride_h(), same), side(o, 2, options->stride_w(), same), extent(o.input(0), 3),
                           extent(o.output(0), 3));
    }
    if (const auto* options = o.op.builtin_options_as_DepthwiseConv2DOptions()) {
        const bool same = options->padding() == tflite::Padding::SAME;
        return depthwise(side(o, 1, options->stride_h(), same), side(o, 2, options->stride_w(), same), extent(o.input(0), 3),
                         options->depth_multiplier());
    }
    return 0;
}

}  // namespace

size_t esp_nn_scratch(const MicroOperator& o, EspNn kernels) {
    if (kernels == EspNn::none || !o.input(0) || o.input(0)->type() != TensorType::INT8) return 0;
    if (o.code == BuiltinOperator::SOFTMAX) return static_cast<size_t>(4 * extent(o.input(0), 1));
    const bool convolves = o.code == BuiltinOperator::CONV_2D || o.code == BuiltinOperator::DEPTHWISE_CONV_2D;
    return convolves && kernels == EspNn::esp32_s3 ? static_cast<size_t>(scratch(o)) : 0;
}

}  // namespace tinsmith

// Separable bilinear resampling with Pillow's arithmetic: weights in units of 2^-22, pixels rounded after each direction.
#include "data/image.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

constexpr int precision = 22;

// Pixels `offset`.. `offset + extent` of a line that is `size` long after resizing.
struct Span {
    int64_t size, offset, extent;
};

// Per output pixel: where its window starts in the input, and its weights.
struct Weights {
    std::vector<int64_t> first;
    std::vector<int32_t> count;
    std::vector<int32_t> values;  // `taps` for each output pixel
    size_t taps = 0;
};

Weights weights_for(int64_t input, const Span& out, bool antialias) {
    const double scale = static_cast<double>(input) / static_cast<double>(out.size);
    const double support = antialias ? std::max(scale, 1.0) : 1.0;  // half the width of the triangle
    Weights w;
    w.taps = static_cast<size_t>(std::ceil(support)) * 2 + 1;
    w.values.resize(w.taps * static_cast<size_t>(out.extent));
    std::vector<double> real(w.taps);
    for (int64_t i = 0; i < out.extent; ++i) {
        const double center = (static_cast<double>(out.offset + i) + 0.5) * scale;
        const int64_t first = std::max<int64_t>(static_cast<int64_t>(std::floor(center - support + 0.5)), 0);
        const int64_t end = std::min<int64_t>(static_cast<int64_t>(std::floor(center + support + 0.5)), input);
        double sum = 0;
        for (int64_t x = first; x < end; ++x) {
            const double distance = std::fabs((static_cast<double>(x) - center + 0.5) / support);
            sum += real[static_cast<size_t>(x - first)] = std::max(1.0 - distance, 0.0);
        }
        for (int64_t x = 0; x < end - first; ++x)
            w.values[static_cast<size_t>(i) * w.taps + static_cast<size_t>(x)] =
                static_cast<int32_t>(std::floor(0.5 + real[static_cast<size_t>(x)] / sum * (1 << precision)));
        w.first.push_back(first);
        w.count.push_back(static_cast<int32_t>(end - first));
    }
    return w;
}

// Weights are not negative and sum to about 2^22: 32 bits hold 255 times that.
uint8_t rounded(int32_t sum) { return static_cast<uint8_t>(std::min(sum >> precision, 255)); }

// Sums over `count` elements that are `step` apart.
uint8_t weighted_sum(const uint8_t* from, size_t step, const int32_t* weights, int32_t count) {
    int32_t sum = 1 << (precision - 1);
    for (int32_t t = 0; t < count; ++t) sum += from[static_cast<size_t>(t) * step] * weights[t];
    return rounded(sum);
}

Image across(const Image& image, const Span& out, bool antialias) {
    const Weights w = weights_for(image.width, out, antialias);
    Image to{out.extent, image.height, image.channels, {}};
    const auto channels = static_cast<size_t>(image.channels), row = static_cast<size_t>(image.width) * channels;
    to.pixels.reserve(static_cast<size_t>(to.width * to.height) * channels);
    for (size_t y = 0; y < static_cast<size_t>(image.height); ++y)
        for (size_t x = 0; x < static_cast<size_t>(out.extent); ++x)
            for (size_t c = 0; c < channels; ++c)
                to.pixels.push_back(weighted_sum(image.pixels.data() + y * row + static_cast<size_t>(w.first[x]) * channels + c,
                                                 channels, w.values.data() + x * w.taps, w.count[x]));
    return to;
}

Image down(const Image& image, const Span& out, bool antialias) {
    const Weights w = weights_for(image.height, out, antialias);
    Image to{image.width, out.extent, image.channels, {}};
    const auto row = static_cast<size_t>(image.width * image.channels);
    to.pixels.resize(static_cast<size_t>(out.extent) * row);
    std::vector<int32_t> sums(row);
    for (size_t y = 0; y < static_cast<size_t>(out.extent); ++y) {
        std::fill(sums.begin(), sums.end(), 1 << (precision - 1));
        for (size_t t = 0; t < static_cast<size_t>(w.count[y]); ++t) {
            const uint8_t* from = image.pixels.data() + (static_cast<size_t>(w.first[y]) + t) * row;
            const int32_t weight = w.values[y * w.taps + t];
            for (size_t x = 0; x < row; ++x) sums[x] += from[x] * weight;
        }
        for (size_t x = 0; x < row; ++x) to.pixels[y * row + x] = rounded(sums[x]);
    }
    return to;
}

// Where the image comes to lie: its size after resizing, and which part of that is seen.
struct Placement {
    Span across, down;
};

Placement place(const Image& image, int64_t height, int64_t width, Resize how) {
    if (how == Resize::stretch) return {{width, 0, width}, {height, 0, height}};
    const double to_width = static_cast<double>(width) / static_cast<double>(image.width);
    const double to_height = static_cast<double>(height) / static_cast<double>(image.height);
    const bool by_width = (to_width < to_height) == (how == Resize::fit);  // the width is the side that decides
    const double scale = by_width ? to_width : to_height;
    const auto other = [&](int64_t side) {  // as torchvision: rounded down when cropping
        const double extent = static_cast<double>(side) * scale;
        return std::max<int64_t>(1, static_cast<int64_t>(how == Resize::crop ? std::floor(extent + 1e-9) : std::round(extent)));
    };
    const int64_t w = by_width ? width : other(image.width), h = by_width ? other(image.height) : height;
    if (how == Resize::fit) return {{w, 0, w}, {h, 0, h}};
    const auto middle = [](int64_t size, int64_t seen) {  // rounded to even as in Python
        return static_cast<int64_t>(std::nearbyint(static_cast<double>(size - seen) / 2));
    };
    return {{w, middle(w, width), width}, {h, middle(h, height), height}};
}

Image on_black(const Image& image, int64_t height, int64_t width) {
    Image out{width, height, image.channels, std::vector<uint8_t>(static_cast<size_t>(width * height * image.channels))};
    const int64_t left = (width - image.width) / 2, top = (height - image.height) / 2, row = image.width * image.channels;
    for (int64_t y = 0; y < image.height; ++y)
        std::copy_n(image.pixels.begin() + y * row, row, out.pixels.begin() + ((top + y) * width + left) * image.channels);
    return out;
}

bool keeps(int64_t size, const Span& span) { return size == span.size && span.offset == 0 && span.extent == size; }

}  // namespace

Image resized(const Image& image, int64_t height, int64_t width, Resize how, bool antialias) {
    const Placement at = place(image, height, width, how);
    Image out = keeps(image.width, at.across) ? image : across(image, at.across, antialias);
    if (!keeps(image.height, at.down)) out = down(out, at.down, antialias);
    return how == Resize::fit ? on_black(out, height, width) : out;
}

}  // namespace tinsmith

#include "backend/packages/pixel_rule.hpp"

#include "data/pixels.hpp"

#include <cmath>

namespace tinsmith::packages {

namespace {

// Whether no stored number is nearer to a pixel's real one than `pixel + offset`, for every pixel. Where real numbers lie half-way between
// two stored ones (-1..1 in 255 steps), both are nearest, and rounding would make every second pixel equal to its neighbour.
bool is_nearest(const Type& input, const std::optional<Normalization>& normalize, int offset) {
    if (!normalize) return true;
    if (!input.quant || input.quant->scale.size() != 1) return false;
    constexpr double half = 0.5 + 1e-3;  // what rounding of scales leaves
    const double scale = input.quant->scale[0], zero = static_cast<double>(input.quant->zero_point[0]);
    for (size_t c = 0; c < normalize->mean.size(); ++c)
        for (int p = 0; p < 256; ++p)
            if (std::abs(static_cast<double>(normalize->real(p, c)) / scale + zero - (p + offset)) > half) return false;
    return true;
}

}  // namespace

std::optional<PixelRule> pixel_rule(const Type& input, const Preprocess& preprocess) {
    const bool narrow = input.dtype == DType::i8 || input.dtype == DType::u8;
    const bool stated = preprocess.normalize || preprocess.folded;
    if (input.shape.size() != 4 || input.shape[0] != 1 || (!stated && !narrow)) return std::nullopt;
    const std::optional<PixelInput> image = pixel_input(input.shape, std::nullopt);
    if (!image) return std::nullopt;
    const PixelTable stored(input, preprocess.in_force());
    if (stored.channels() != 1 && static_cast<int64_t>(stored.channels()) != image->channels) return std::nullopt;
    PixelRule out;
    out.height = image->height;
    out.width = image->width;
    out.channels = image->channels;
    out.planes = image->channels_first;
    out.bgr = image->channels == 3 && preprocess.channels == Channels::bgr;
    out.tables = stored.channels();
    // Every pixel value, in every channel: channel c of pixel p stands at 256 c + p.
    std::vector<uint8_t> ramp;
    for (size_t c = 0; c < out.tables; ++c)
        for (int p = 0; p < 256; ++p) ramp.push_back(static_cast<uint8_t>(p));
    out.table = stored.apply(ramp.data(), {static_cast<int64_t>(out.tables), 256}, {}, 0);
    out.less_128 = input.dtype == DType::i8 && is_nearest(input, preprocess.in_force(), -128);
    out.as_it_is = input.dtype == DType::u8 && is_nearest(input, preprocess.in_force(), 0);
    if (out.less_128 || out.as_it_is) {
        out.table.clear();
        out.tables = 1;
    }
    return out;
}

}  // namespace tinsmith::packages

// Resizing along one axis: where each output reads, and with which weights. ONNX's definition, in double.
#pragma once

#include "ir/attr.hpp"

namespace tinsmith {

enum class Coordinates { half_pixel, half_pixel_symmetric, pytorch_half_pixel, align_corners, asymmetric, crop };
enum class Nearest { floor, ceil, prefer_floor, prefer_ceil };

struct ResizeAxis {
    int64_t in = 1, out = 1;
    double scale = 1;  // out over in before rounding to whole pixels
    Coordinates coordinates = Coordinates::half_pixel;
    double roi_start = 0, roi_end = 1;  // for crop, in parts of the input

    bool changes() const { return in != out || scale != 1 || coordinates == Coordinates::crop; }
    // The position in the input of output pixel i.
    double position(int64_t i) const;
    // Whether a crop leaves the input at output pixel i.
    bool is_outside(int64_t i) const;
    // The pixel that "nearest" reads for each output pixel.
    Ints nearest(Nearest rounding) const;
    // The two pixels and the second one's weight that "linear" reads for each output pixel.
    struct Linear {
        Ints low, high;
        std::vector<float> part;
    };
    Linear linear() const;
    // [out, in] weights of linear or cubic interpolation; with antialias the filter is stretched when the axis shrinks.
    std::vector<float> weights(bool cubic, double a, bool antialias, bool exclude_outside) const;
};

// What a Resize node asks for, one axis per dimension.
struct Resizing {
    std::vector<ResizeAxis> axes;
    std::string mode;  // nearest, linear, cubic
    Nearest rounding = Nearest::prefer_floor;
    double cubic_a = -0.75, extrapolation = 0;
    bool antialias = false, exclude_outside = false;
};

}  // namespace tinsmith

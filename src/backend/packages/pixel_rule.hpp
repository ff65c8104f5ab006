// What a pixel becomes in a model's input, for code on the device.
#pragma once

#include "data/preprocess.hpp"
#include "ir/type.hpp"

namespace tinsmith::packages {

// For an input that takes an image, whose pixels come row by row, red, green, blue (or grey).
struct PixelRule {
    int64_t height = 0, width = 0, channels = 1;
    bool bgr = false;              // the input's channels are blue, green, red
    bool planes = false;           // the input is channels-first
    bool less_128 = false;         // stored = pixel - 128, than which none is nearer
    bool as_it_is = false;         // stored = pixel, likewise
    size_t tables = 1;             // 1, or one for each channel of the input
    std::vector<std::byte> table;  // 256 elements of the input's type for each; empty where one of the formulas above is exact

    int64_t pixels() const { return height * width; }
};

// None where the input takes no images of 8-bit pixels: by its shape, and where nothing says that it does, unless its type is an 8-bit one.
std::optional<PixelRule> pixel_rule(const Type& input, const Preprocess& preprocess);

}  // namespace tinsmith::packages

// Images: JPEG, PNG and BMP become pixels of the wanted size.
#pragma once

#include "base/buffer.hpp"
#include "data/preprocess.hpp"

namespace tinsmith {

// 8-bit pixels, row by row, the channels of each together.
struct Image {
    int64_t width = 0, height = 0, channels = 0;
    std::vector<uint8_t> pixels;
};

// One channel (grey) or three (rgb), whatever the file has: colours become grey by ITU-R 601 as in Pillow, transparency is dropped,
// 16 bits become 8. Throws Fault::input when the bytes are no such image, are damaged, or say more than 64 million pixels.
Image decode_image(const Buffer& file, int64_t channels);

// The image in an input of height x width. See Preprocess::resize and Preprocess::antialias.
Image resized(const Image& image, int64_t height, int64_t width, Resize how, bool antialias);

// By the suffix of a path.
bool is_image_path(std::string_view path);

}  // namespace tinsmith

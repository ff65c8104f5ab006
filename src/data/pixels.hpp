// Pixels in an input: where height, width and channels of an input are, and what each pixel value becomes in its type.
#pragma once

#include "data/preprocess.hpp"
#include "ir/attr.hpp"
#include "ir/type.hpp"

#include <cstddef>
#include <span>

namespace tinsmith {

// An input that takes an image.
struct PixelInput {
    int64_t height = 0, width = 0, channels = 1;  // 1 or 3
    bool channels_first = false;
};

// By its shape: [1,H,W,C], [1,C,H,W], the same without the leading 1, [1,H,W], or [1,n] with n a square (grey). `layout` decides
// where both ends may count channels.
std::optional<PixelInput> pixel_input(const Shape& input, std::optional<Layout> layout);

// The elements that the pixels 0..255 become in an input.
class PixelTable {
public:
    // Without `normalize` a pixel is its number; in a quantised input of 8 bits the stored value, 128 less where that is signed.
    // Throws Fault::input when a number does not go into the type.
    PixelTable(const Type& to, const std::optional<Normalization>& normalize);

    // The pixels of one sample of shape `from` in the order that `perm` says (empty: as they are); `axis` is the dimension of
    // the result that counts channels, where the table has several.
    std::vector<std::byte> apply(const uint8_t* pixels, const Shape& from, const Ints& perm, size_t axis) const;

    size_t channels() const { return channels_; }

private:
    size_t size_ = 0, channels_ = 1;
    std::vector<std::byte> elements_;  // 256 for each channel
};

}  // namespace tinsmith

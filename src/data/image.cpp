#include "data/image.hpp"

#include "base/suffix.hpp"
#include "data/jpeg_tables.hpp"
#include "data/stb_image.hpp"

#include <zlib.h>

#include <algorithm>

namespace tinsmith {

namespace {

constexpr int64_t most_pixels = int64_t{1} << 26;

// Hands the file to the decoder piece by piece and sees whether it wanted more than there is: it would go on with zeros.
struct Reader {
    std::span<const std::byte> left;
    bool ran_out = false;

    static int read(void* user, char* to, int size) {
        auto& reader = *static_cast<Reader*>(user);
        const size_t count = std::min(reader.left.size(), static_cast<size_t>(std::max(size, 0)));
        if (count == 0) reader.ran_out = true;
        if (count > 0) std::memcpy(to, reader.left.data(), count);
        reader.left = reader.left.subspan(count);
        return static_cast<int>(count);
    }
    static void skip(void* user, int size) {
        auto& reader = *static_cast<Reader*>(user);
        const size_t count = static_cast<size_t>(std::max(size, 0));
        if (count > reader.left.size()) reader.ran_out = true;
        reader.left = reader.left.subspan(std::min(count, reader.left.size()));
    }
    static int at_end(void* user) { return static_cast<Reader*>(user)->left.empty(); }
};

constexpr stbi_io_callbacks callbacks{Reader::read, Reader::skip, Reader::at_end};

uint32_t big_endian(std::span<const std::byte> at) {
    uint32_t out = 0;
    for (size_t i = 0; i < 4; ++i) out = out << 8 | static_cast<uint32_t>(at[i]);
    return out;
}

// The decoder does not look at a PNG's checksums.
void check_png(std::span<const std::byte> file) {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION  // a fuzzer never finds a checksum
    (void)file;
#else
    for (size_t at = 8; at < file.size();) {
        check(file.size() - at >= 12, "the image is cut off");
        const size_t length = big_endian(file.subspan(at));
        check(length <= file.size() - at - 12, "the image is cut off");
        const std::span<const std::byte> named = file.subspan(at + 4, length + 4);
        const auto sum = static_cast<uint32_t>(crc32_z(0, reinterpret_cast<const Bytef*>(named.data()), named.size()));
        check(sum == big_endian(file.subspan(at + 8 + length)), "the image is damaged: a checksum at byte {} is wrong",
              at + 8 + length);
        const bool end = std::memcmp(named.data(), "IEND", 4) == 0;
        at += length + 12;
        if (end) return;
    }
    fail(Fault::input, "the image is cut off");
#endif
}

bool starts_with(std::span<const std::byte> file, std::string_view magic) {
    return file.size() >= magic.size() && std::memcmp(file.data(), magic.data(), magic.size()) == 0;
}

uint8_t grey(const uint8_t* rgb) {  // Pillow's: 0.299, 0.587, 0.114 in units of 2^-16
    return static_cast<uint8_t>((19595u * rgb[0] + 38470u * rgb[1] + 7471u * rgb[2] + 0x8000u) >> 16);
}

void convert_channels(const uint8_t* from, int64_t from_channels, Image& to) {
    const auto count = static_cast<size_t>(to.width * to.height), step = static_cast<size_t>(from_channels);
    to.pixels.resize(count * static_cast<size_t>(to.channels));
    for (size_t i = 0; i < count; ++i) {
        const uint8_t* pixel = from + i * step;
        const bool coloured = from_channels >= 3;  // otherwise grey, or grey and transparency
        if (to.channels == 1)
            to.pixels[i] = coloured ? grey(pixel) : pixel[0];
        else
            for (size_t c = 0; c < 3; ++c) to.pixels[3 * i + c] = pixel[coloured ? c : 0];
    }
}

}  // namespace

bool is_image_path(std::string_view path) { return has_suffix(path, {".jpg", ".jpeg", ".png", ".bmp"}); }

Image decode_image(const Buffer& file, int64_t channels) {
    const std::span<const std::byte> bytes = file.bytes();
    const bool png = starts_with(bytes, "\x89PNG\r\n\x1a\n"), bmp = starts_with(bytes, "BM");
    check(png || bmp || starts_with(bytes, "\xff\xd8"), "this is no JPEG, PNG or BMP image");
    int width = 0, height = 0, stored = 0;
    if (starts_with(bytes, "\xff\xd8")) check_jpeg_tables(bytes);
    Reader reader{bytes};
    const bool known = stbi_info_from_callbacks(&callbacks, &reader, &width, &height, &stored) != 0;
    check(known, "the image is damaged: {}", stbi_failure_reason());
    check(width > 0 && height > 0 && int64_t{width} * height <= most_pixels,
          "an image of {}x{} is not read: at most 64 million pixels are", width, height);
    if (png) check_png(bytes);
    // Of a BMP every pixel is stored, in a bit or more: none is made up of what is not there.
    check(!bmp || static_cast<size_t>(width) * static_cast<size_t>(height) / 8 <= bytes.size(), "the image is cut off");
    reader = {bytes};
    const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
        stbi_load_from_callbacks(&callbacks, &reader, &width, &height, &stored, 0), stbi_image_free);
    check(!reader.ran_out, "the image is cut off");
    check(pixels != nullptr, "the image is damaged: {}", stbi_failure_reason());
    Image out{width, height, channels, {}};
    convert_channels(pixels.get(), stored, out);
    return out;
}

}  // namespace tinsmith

// Images: what Pillow reads is read, resized to the same pixels, and no damage goes unseen.
#include "data/image.hpp"

#include "base/file.hpp"
#include "data/pixels.hpp"
#include "data_test.hpp"
#include "format/npy/npy.hpp"

#include <cmath>

namespace tinsmith {
namespace {

std::vector<uint8_t> stored(const std::string& name) {
    const Array array = read_npy(image_path(name));
    std::vector<uint8_t> out(array.data.size());
    std::memcpy(out.data(), array.data.bytes().data(), out.size());
    return out;
}

Image decoded(const std::string& name, int64_t channels = 3) { return decode_image(map_file(image_path(name)), channels); }

int largest_difference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
    EXPECT_EQ(a.size(), b.size());
    int most = 0;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
}

TEST(DecodeImage, as_pillow_does) {
    for (const char* name : {"rgb.png", "rgb.bmp", "alpha.png"}) EXPECT_EQ(decoded(name).pixels, stored("rgb.npy")) << name;
    EXPECT_EQ(decoded("palette.png").pixels, stored("palette.npy"));
    EXPECT_EQ(decoded("rgb.png", 1).pixels, stored("grey.npy"));
    EXPECT_EQ(decoded("grey.png", 1).pixels, stored("grey.npy"));
    EXPECT_LE(largest_difference(decoded("rgb.jpg").pixels, stored("jpg.npy")), 3);  // decoders differ in the last bits
    const Image grey = decoded("grey.png");
    EXPECT_EQ(grey.pixels[0], grey.pixels[2]);
    const Image deep = decoded("deep.png", 1);
    EXPECT_EQ(deep.pixels[44], 44 * 1400 / 256);
}

TEST(Resize, as_pillow_does) {
    const Image image = decoded("rgb.png");
    EXPECT_EQ(resized(image, 12, 16, Resize::stretch, true).pixels, stored("small.npy"));
    EXPECT_EQ(resized(image, 50, 64, Resize::stretch, true).pixels, stored("large.npy"));
    EXPECT_EQ(resized(image, 7, 60, Resize::stretch, true).pixels, stored("wide.npy"));
    EXPECT_EQ(resized(image, 24, 24, Resize::crop, true).pixels, stored("crop.npy"));
    EXPECT_EQ(resized(image, 31, 45, Resize::stretch, true).pixels, image.pixels);
}

TEST(Resize, plain_takes_the_two_nearest) {
    const Image line{8, 1, 1, {0, 10, 20, 30, 40, 50, 60, 70}};
    EXPECT_EQ(resized(line, 1, 4, Resize::stretch, false).pixels, (std::vector<uint8_t>{5, 25, 45, 65}));
    EXPECT_EQ(resized(line, 1, 2, Resize::stretch, false).pixels, (std::vector<uint8_t>{15, 55}));
    EXPECT_EQ(resized(line, 1, 2, Resize::stretch, true).pixels, (std::vector<uint8_t>{19, 51}));
}

TEST(Resize, fit_lies_centred_on_black) {
    const Image white{4, 2, 1, std::vector<uint8_t>(8, 255)};
    const Image out = resized(white, 4, 4, Resize::fit, true);
    EXPECT_EQ(out.pixels, (std::vector<uint8_t>{0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0}));
}

TEST(Resize, a_long_image_costs_no_more_than_what_is_seen) {
    const Image line{1, 60000, 1, std::vector<uint8_t>(60000, 7)};
    const Image out = resized(line, 200, 200, Resize::crop, true);
    EXPECT_EQ(out.pixels, std::vector<uint8_t>(size_t{200} * 200, 7));
}

TEST(DecodeImage, damage_is_named) {
    const Buffer png = map_file(image_path("rgb.png"));
    EXPECT_EQ(message_of([&] { decode_image(png.slice(0, png.size() / 2), 3); }), "the image is cut off");
    std::vector<std::byte> bytes(png.bytes().begin(), png.bytes().end());
    bytes[bytes.size() / 2] ^= std::byte{1};
    EXPECT_NE(message_of([&] { decode_image(Buffer::of(bytes), 3); }).find("a checksum at byte"), std::string::npos);
    for (const char* name : {"rgb.jpg", "rgb.bmp"}) {
        const Buffer whole = map_file(image_path(name));
        for (size_t size : {whole.size() - 40, whole.size() / 2, size_t{30}})
            EXPECT_NE(message_of([&] { decode_image(whole.slice(0, size), 3); }), "no error") << name << " " << size;
    }
    EXPECT_EQ(message_of([] { decode_image(Buffer::copy_of(std::as_bytes(std::span("GIF89a"))), 3); }),
              "this is no JPEG, PNG or BMP image");
    const Buffer bmp = map_file(image_path("rgb.bmp"));
    std::vector<std::byte> wide(bmp.bytes().begin(), bmp.bytes().end());
    wide[19] = wide[23] = std::byte{0x1f};  // 64 million pixels from a few bytes
    EXPECT_EQ(message_of([&] { decode_image(Buffer::of(wide), 3); }), "the image is cut off");
    std::string huge("BM", 2);
    huge += std::string(16, '\0') + std::string("\0\0\1\0\0\0\1\0", 8) + std::string("\1\0\x18\0", 4) + std::string(40, '\0');
    huge[10] = 54, huge[14] = 40;
    EXPECT_NE(message_of([&] { decode_image(Buffer::copy_of(std::as_bytes(std::span(huge))), 3); }), "no error");
}

// The decoder would write behind its table, and takes what is missing at the end for zeros.
TEST(DecodeImage, huffman_tables_of_too_many_codes) {
    const std::string start("\xff\xd8\xff\xe0\0\x04\xff\xc4", 8), scan("\xff\xda\0\x02", 4);
    const std::string table("\xff\xc4\0\x1f\0\0\x01\x05\x01\xff", 10);
    for (const std::string& file : {start + table, start + table + std::string(20, '\1'), start + scan + "coded" + table}) {
        const std::string said = message_of([&] { decode_image(Buffer::copy_of(std::as_bytes(std::span(file))), 3); });
        EXPECT_NE(said.find("codes at byte"), std::string::npos) << said;
    }
}

// The decoder reads tables that no segment defined: they are empty, whatever was in their memory before.
TEST(DecodeImage, huffman_tables_that_are_not_there) {
    const Buffer whole = map_file(image_path("rgb.jpg"));
    std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
    const std::array scan{std::byte{0xff}, std::byte{0xda}};
    const auto at = std::search(bytes.begin(), bytes.end(), scan.begin(), scan.end());
    ASSERT_LT(at + 10, bytes.end());
    for (size_t component = 0; component < 3; ++component) at[6 + 2 * component] = std::byte{0x33};
    std::string first;
    for (unsigned char filling : {0xff, 0x5a, 0x01}) {
        for (size_t size = 1 << 10; size <= 1 << 15; size += 1 << 8) std::memset(std::vector<char>(size).data(), filling, size);
        std::string said;
        try {
            const Image image = decode_image(Buffer::copy_of(bytes), 3);
            said.assign(image.pixels.begin(), image.pixels.end());
        } catch (const Error& e) {
            said = e.what();
        }
        if (first.empty()) first = said;
        EXPECT_EQ(said, first);
    }
}

TEST(DecodeImage, every_damaged_byte_is_an_error_or_an_image) {
    for (const char* name : {"rgb.png", "rgb.jpg", "rgb.bmp"}) {
        const Buffer whole = map_file(image_path(name));
        for (size_t at = 0; at < whole.size(); at += 7) {
            std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
            bytes[at] ^= std::byte{0x5a};
            try {
                const Image image = decode_image(Buffer::of(std::move(bytes)), 3);
                EXPECT_EQ(image.pixels.size(), static_cast<size_t>(image.width * image.height * 3));
            } catch (const Error& e) {
                EXPECT_EQ(e.fault, Fault::input);
            }
        }
    }
}

TEST(PixelInput, by_shape) {
    const auto is = [](const Shape& shape, std::optional<Layout> layout = {}) -> std::vector<int64_t> {
        const auto p = pixel_input(shape, layout);
        if (!p) return {};
        return {p->height, p->width, p->channels, p->channels_first};
    };
    EXPECT_EQ(is({1, 24, 32, 3}), (std::vector<int64_t>{24, 32, 3, 0}));
    EXPECT_EQ(is({1, 3, 24, 32}), (std::vector<int64_t>{24, 32, 3, 1}));
    EXPECT_EQ(is({24, 32, 1}), (std::vector<int64_t>{24, 32, 1, 0}));
    EXPECT_EQ(is({1, 28, 28}), (std::vector<int64_t>{28, 28, 1, 0}));
    EXPECT_EQ(is({1, 784}), (std::vector<int64_t>{28, 28, 1, 0}));
    EXPECT_EQ(is({1, 3, 5, 3}, Layout::nchw), (std::vector<int64_t>{5, 3, 3, 1}));
    EXPECT_EQ(is({1, 3, 5, 3}), (std::vector<int64_t>{3, 5, 3, 0}));
    EXPECT_TRUE(is({1, 46}).empty());
    EXPECT_TRUE(is({1, 16, 16, 8}).empty());
}

TEST(PixelTable, each_type_has_its_elements) {
    const uint8_t pixels[] = {0, 1, 255};
    const Shape shape{3};
    EXPECT_EQ(as_floats(Buffer::of(PixelTable({DType::f32, {3}, {}}, normalization_from("-1..1")).apply(pixels, shape, {}, 0))),
              (std::vector<float>{-1, static_cast<float>(1 / 127.5 - 1), 1}));
    const auto i8 =
        PixelTable({DType::i8, {3}, Quant{{1 / 255.0f}, {-128}, -1}}, normalization_from("0..1")).apply(pixels, shape, {}, 0);
    EXPECT_EQ(static_cast<int8_t>(i8[1]), -127);
    EXPECT_EQ(static_cast<int8_t>(i8[2]), 127);
    const auto stored_i8 = PixelTable({DType::i8, {3}, Quant{{0.5f}, {3}, -1}}, {}).apply(pixels, shape, {}, 0);
    EXPECT_EQ(static_cast<int8_t>(stored_i8[0]), -128);
}

TEST(PixelTable, channels_are_found_in_either_order) {
    const uint8_t pixels[] = {10, 20, 30, 40, 50, 60};  // 2 pixels of 3 channels
    const PixelTable table({DType::f32, {}, {}}, normalization_from("mean=10,20,30,std=1,2,5"));
    EXPECT_EQ(as_floats(Buffer::of(table.apply(pixels, {1, 2, 3}, {}, 2))), (std::vector<float>{0, 0, 0, 30, 15, 6}));
    EXPECT_EQ(as_floats(Buffer::of(table.apply(pixels, {1, 2, 3}, {2, 0, 1}, 0))), (std::vector<float>{0, 30, 0, 15, 0, 6}));
}

}  // namespace
}  // namespace tinsmith

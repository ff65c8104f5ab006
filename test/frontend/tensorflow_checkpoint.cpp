// Checkpoints of TensorFlow: checksums, and the keys and places of partitioned variables.
#include "format/tensorflow/crc32c.hpp"
#include "format/tensorflow/slices.hpp"
#include "format/tensorflow/table.hpp"

#include "message_of.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

namespace tinsmith::tensorflow {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }

// Memory would be asked for as the footer says, before anything is read.
TEST(TensorflowCheckpoint, AFooterThatLiesIsSeenFirst) {
    using std::string_literals::operator""s;
    const std::string magic = "\x57\xfb\x80\x8b\x24\x75\x47\xdb", huge = "\0\xfe\xf1\xff\xff\xff\xff\xff\x01"s;
    for (const std::string& handles : {huge, "\0\1"s + huge, std::string(40, '\xff')}) {
        const std::string file = std::string(20, 'x') + handles + std::string(40 - handles.size(), '\0') + magic;
        const std::string said = message_of(
            [&] { read_table(Buffer::copy_of(bytes_of(file)), [](std::string_view, std::span<const std::byte>) {}); });
        EXPECT_TRUE(said.starts_with("the table's footer: ")) << said;
    }
    EXPECT_EQ(message_of([&] { read_table(Buffer(), [](std::string_view, std::span<const std::byte>) {}); }),
              "the table is damaged: 0 bytes are too few");
}

// The vectors of RFC 3720, appendix B.4.
TEST(TensorflowCheckpoint, ChecksumsAreThoseOfTheStandard) {
    EXPECT_EQ(crc32c(bytes_of("123456789")), 0xe3069283u);
    EXPECT_EQ(crc32c(bytes_of(std::string(32, '\0'))), 0x8a9136aau);
    EXPECT_EQ(crc32c(bytes_of(std::string(32, '\xff'))), 0x62a8ab43u);
    EXPECT_EQ(crc32c({}), 0u);
}

TEST(TensorflowCheckpoint, KeysOfPartsAreOrderedCode) {
    using std::string_literals::operator""s;
    EXPECT_EQ(slice_key("w", {{0, 5}, {0, -1}}), "\0w\0\1\1\2\x80\x85\x80\x7f"s);
    EXPECT_EQ(slice_key("a\0b"s, {{100, 300}}), "\0a\0\xff"s + "b\0\1\1\1\xc0\x64\xc1\x2c"s);
}

TEST(TensorflowCheckpoint, PartsAreReadFromTheirText) {
    const SliceRequest request = parse_slice("10 5 4,3:-");
    EXPECT_EQ(request.shape, (std::vector<int64_t>{10, 5}));
    EXPECT_EQ(request.slice, (Slice{{4, 3}, {0, -1}}));
    EXPECT_EQ(slice_shape(request.shape, request.slice), (std::vector<int64_t>{3, 5}));
    for (const char* wrong : {"", "10", "10 5 4,3", "10 x -:-", "10 5 4:3"}) EXPECT_THROW(parse_slice(wrong), Error) << wrong;
    EXPECT_THROW(slice_shape({10}, {{8, 3}}), Error);
}

TEST(TensorflowCheckpoint, PartsAreCopiedBothWays) {
    std::vector<uint8_t> whole(24), part(4);
    std::iota(whole.begin(), whole.end(), uint8_t{0});
    const std::vector<int64_t> shape{2, 3, 4};
    const Slice slice{{0, -1}, {1, 1}, {2, 2}};
    copy_slice(std::as_writable_bytes(std::span(whole)), shape, slice, std::as_writable_bytes(std::span(part)), 1, true);
    EXPECT_EQ(part, (std::vector<uint8_t>{6, 7, 18, 19}));
    part = {91, 92, 93, 94};
    copy_slice(std::as_writable_bytes(std::span(whole)), shape, slice, std::as_writable_bytes(std::span(part)), 1, false);
    EXPECT_EQ(whole[6], 91);
    EXPECT_EQ(whole[19], 94);
    EXPECT_EQ(whole[5], 5);
}

}  // namespace
}  // namespace tinsmith::tensorflow

// NumPy files: what NumPy writes is read, what we write is read again, and no lie in a header is believed.
#include "format/npy/npy.hpp"

#include "base/file.hpp"
#include "message_of.hpp"
#include "temporary.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace tinsmith {
namespace {

Buffer file_of(std::string_view header, std::string_view data = {}, int version = 1) {
    std::string text("\x93NUMPY", 6);
    text += static_cast<char>(version);
    text += '\0';
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i) text += static_cast<char>(header.size() >> (8 * i) & 255);
    text += header;
    text += data;
    return Buffer::copy_of(std::as_bytes(std::span(text)));
}

std::string_view text_of(const Buffer& buffer) { return {reinterpret_cast<const char*>(buffer.bytes().data()), buffer.size()}; }

std::string message_of_file(const Buffer& file) {
    return message_of([&] { parse_npy(file); });
}

template <class T>
Array array_of(DType dtype, Shape shape, std::vector<T> elements) {
    return {dtype, std::move(shape), Buffer::of(std::move(elements))};
}

TEST(Npy, headers_as_numpy_writes_them) {
    const Array a = parse_npy(file_of("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }   \n", "abcd"));
    EXPECT_EQ(a.dtype, DType::i16);
    EXPECT_EQ(a.shape, (Shape{2, 1}));
    EXPECT_EQ(text_of(a.data), "abcd");
    const Array scalar = parse_npy(file_of("{'descr': '|u1', 'fortran_order': False, 'shape': (), }\n", "x", 2));
    EXPECT_EQ(scalar.shape, Shape{});
    const Array old = parse_npy(file_of("{\"shape\": (1L,), \"fortran_order\": False, \"descr\": \"|i1\"}", "x", 3));
    EXPECT_EQ(old.shape, Shape{1});
    const Array none = parse_npy(file_of("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }"));
    EXPECT_EQ(none.data.size(), 0u);
}

TEST(Npy, fortran_order_and_big_endian_become_ours) {
    const Array f = parse_npy(file_of("{'descr': '|i1', 'fortran_order': True, 'shape': (2, 3), }", "adbecf"));
    EXPECT_EQ(text_of(f.data), "abcdef");
    const Array b = parse_npy(file_of("{'descr': '>i4', 'fortran_order': False, 'shape': (2,), }", "abcdefgh"));
    EXPECT_EQ(text_of(b.data), "dcbahgfe");
    const Array t =
        parse_npy(file_of("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", std::string_view("\0\1\7", 3)));
    EXPECT_EQ(text_of(t.data), std::string_view("\0\1\1", 3));
}

TEST(Npy, lies_are_named) {
    EXPECT_EQ(message_of_file(Buffer::copy_of({})), "this is not a NumPy array file");
    EXPECT_EQ(message_of_file(file_of("", "", 9)), "version 9.0 of the NumPy format is not known");
    EXPECT_EQ(message_of_file(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "1234567")),
              "the header says 2 elements, 8 bytes of data; the file has only 7");
    EXPECT_EQ(message_of_file(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "12345")),
              "1 bytes follow after the array's data");
    EXPECT_EQ(message_of_file(file_of("{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }")),
              "elements of type '<U5' are not read: only integers, floats and booleans");
    EXPECT_EQ(message_of_file(file_of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }")),
              "arrays of records are not read: only numbers and booleans");
    for (std::string_view header :
         {"{", "{}", "{'descr'", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}",
          "{'descr': '<f4', 'fortran_order': True, 'shape': (-1,)}", "{'descr': '<f4', 'fortran_order': True, 'shape': (1,)} x",
          "{'descr': '<f4', 'fortran_order': True, 'shape': (99999999999999999999,)}",
          "{'descr': '<f4', 'fortran_order': True, 'shape': (4294967296, 4294967296, 4294967296)}",
          "{'descr': '', 'fortran_order': True, 'shape': (1,)}", "{'shape': ("})
        EXPECT_NE(message_of_file(file_of(header, "1234")), "no error") << header;
    std::string huge("\x93NUMPY\x02\x00\xff\xff\xff\xff{", 13);
    EXPECT_EQ(message_of_file(Buffer::copy_of(std::as_bytes(std::span(huge)))),
              "a header of 4294967295 bytes is not believable");
}

TEST(Npy, every_truncation_is_an_error) {
    const Buffer whole = file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "12345678");
    for (size_t size = 0; size < whole.size(); ++size) EXPECT_NE(message_of_file(whole.slice(0, size)), "no error") << size;
}

TEST(Npy, written_files_are_read_again) {
    const TemporaryFolder folder;
    const std::string path = folder.path("tinsmith_test.npy");
    for (const Shape& shape : {Shape{}, Shape{1}, Shape{1, 1}, Shape{1, 1, 1}}) {
        const Array a = array_of<float>(DType::f32, shape, {1.5f});
        write_npy(path, a);
        EXPECT_EQ(std::filesystem::file_size(path) % 64, 4u);
        const Array again = read_npy(path);
        EXPECT_EQ(again.type(), a.type());
        EXPECT_TRUE(same_content(again.data, a.data));
    }
    std::filesystem::remove(path);
    try {
        read_npy(path);
        FAIL() << "read";
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        EXPECT_NE(std::string(e.what()).find(path), std::string::npos);
    }
}

TEST(Npz, written_archives_are_read_again_and_are_the_same_bytes) {
    const TemporaryFolder folder;
    const std::string path = folder.path("tinsmith_test.npz"), other = folder.path("tinsmith_test_2.npz");
    const std::vector<std::pair<std::string, Array>> arrays{
        {"a/b:0", array_of<float>(DType::f32, {2}, {1, 2})},
        {"none", array_of<int64_t>(DType::i64, {0}, {})},
        {"truth", array_of<uint8_t>(DType::boolean, {3}, {1, 0, 1})},
    };
    write_npz(path, arrays);
    write_npz(other, arrays);
    EXPECT_TRUE(same_content(map_file(path), map_file(other)));
    const Npz npz = open_npz(path);
    EXPECT_EQ(npz.names(), (std::vector<std::string>{"a/b:0", "none", "truth"}));
    for (const auto& [name, array] : arrays) {
        EXPECT_TRUE(npz.contains(name));
        EXPECT_EQ(npz.read(name).type(), array.type());
        EXPECT_TRUE(same_content(npz.read(name).data, array.data));
    }
    const Buffer mapped = map_file(path);
    const Array part = Npz(mapped).read("a/b:0");
    EXPECT_TRUE(part.data.bytes().data() > mapped.bytes().data() &&
                part.data.bytes().data() < mapped.bytes().data() + mapped.size());  // where it lies, not a copy
    EXPECT_FALSE(npz.contains("b"));
    EXPECT_THROW(npz.read("b"), Error);

    const Buffer whole = map_file(path);
    for (size_t at = 0; at < whole.size(); ++at) {  // each byte damaged in turn: an error or the same arrays, never a crash
        std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
        bytes[at] ^= std::byte{0x5a};
        try {
            const Npz damaged(Buffer::of(std::move(bytes)));
            for (const std::string& name : damaged.names()) damaged.read(name);
        } catch (const Error& e) {
            EXPECT_EQ(e.fault, Fault::input);
        }
    }
    std::filesystem::remove(path);
}

TEST(Npz, archives_that_numpy_wrote_are_read) {
    const Npz npz = open_npz(TINSMITH_SOURCE_DIR "/examples/digits/digits_test.npz");
    EXPECT_FALSE(npz.names().empty());
    for (const std::string& name : npz.names()) EXPECT_GT(npz.read(name).data.size(), 0u) << name;
}

TEST(Npz, other_files_are_refused) {
    EXPECT_THROW(Npz(file_of("no zip")), Error);
    EXPECT_THROW(Npz(Buffer{}), Error);
}

}  // namespace
}  // namespace tinsmith

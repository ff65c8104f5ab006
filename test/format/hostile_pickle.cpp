// Pickles and headers that nobody's torch.save wrote: each ends in an error that names the place, in little time and memory.
#include "format/torch/checkpoint.hpp"
#include "format/torch/pickle.hpp"

#include <gtest/gtest.h>
#include <zip.h>

namespace tinsmith::torch {
namespace {

using namespace std::string_literals;

const std::string protocol = "\x80\x02"s;

Buffer buffer_of(const std::string& text) { return Buffer::copy_of(std::as_bytes(std::span(text))); }

std::string word(uint64_t value, size_t size) {
    std::string out;
    for (size_t i = 0; i < size; ++i) out += static_cast<char>(value >> (8 * i) & 255);
    return out;
}

std::string text(const std::string& characters) { return "X" + word(characters.size(), 4) + characters; }

template <class Read>
std::string message(Read read) {
    try {
        read();
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input) << e.what();
        return e.what();
    }
    return "no error";
}

// What decoding says, or "" where it is content.
std::string said(const std::string& pickle) {
    const Buffer bytes = buffer_of(pickle);
    const std::string what = message([&] { decode_pickle(bytes.bytes()); });
    return what == "no error" ? "" : what;
}

void expect_says(const std::string& what, const std::string& words) {
    EXPECT_NE(what.find(words), std::string::npos) << "no '" << words << "' in: " << what;
}

// An archive of torch.save around a pickle and its storages.
Buffer archive(const std::vector<std::pair<std::string, std::string>>& entries, bool compressed = false) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* memory = zip_source_buffer_create(nullptr, 0, 0, &error);
    zip_source_keep(memory);
    zip_t* zip = zip_open_from_source(memory, ZIP_TRUNCATE, &error);
    for (const auto& [name, content] : entries) {
        const zip_int64_t index = zip_file_add(zip, name.c_str(), zip_source_buffer(zip, content.data(), content.size(), 0), 0);
        zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    }
    EXPECT_EQ(zip_close(zip), 0);
    zip_source_open(memory);
    zip_source_seek(memory, 0, SEEK_END);
    std::vector<std::byte> bytes(static_cast<size_t>(zip_source_tell(memory)));
    zip_source_seek(memory, 0, SEEK_SET);
    zip_source_read(memory, bytes.data(), bytes.size());
    zip_source_close(memory);
    zip_source_free(memory);
    return Buffer::of(std::move(bytes));
}

// One float tensor: key, elements of the storage, offset, extent and stride.
std::string tensor_pickle(const std::string& key, uint32_t held, uint32_t offset, uint32_t extent, uint32_t stride) {
    const auto number = [](uint32_t n) { return "J" + word(n, 4); };
    return protocol + "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" + text(key) +
           text("cpu") + number(held) + "tQ" + number(offset) + number(extent) + "\x85" + number(stride) +
           "\x85\x89"
           "ccollections\nOrderedDict\n)RtR.";
}

TEST(HostilePickle, functions_are_refused_where_they_are_named) {
    expect_says(said(protocol + "cos\nsystem\n" + text("echo harm") + "\x85R."), "byte 2: 'os.system' is refused");
    expect_says(said("\x80\x04"s + text("subprocess") + text("Popen") + "\x93."), "'subprocess.Popen' is refused");
    expect_says(said("(S'echo harm'\nios\nsystem\n."), "opcode 0x53");
    expect_says(said("(ios\nsystem\n."), "'os.system' is refused");
    expect_says(said(protocol + "cbuiltins\neval\n."), "'builtins.eval' is refused");
    expect_says(said(protocol + "ctorch.storage\n_load_from_bytes\n."), "'torch.storage._load_from_bytes' is refused");
    expect_says(said(protocol + "c__main__\nModel\n)\x81."), "'__main__.Model' is refused");
    // What the list has may be called only as PyTorch does.
    expect_says(said(protocol + "ctorch\nFloatStorage\n)R."), "a type is called");
    expect_says(said(protocol + "K\x01)R."), "no function");
    expect_says(said(protocol + "]}b."), "needs a dict to take a state");
}

TEST(HostilePickle, truncated_and_lying_sizes) {
    expect_says(said(""), "byte 0: the pickle does not end");
    expect_says(said(protocol + "X" + word(0xffffffff, 4) + "abc"), "byte 2: 4294967295 bytes are announced, 3 are left");
    expect_says(said("\x80\x04\x8d"s + word(~uint64_t{0}, 8)), "18446744073709551615 bytes are announced");
    expect_says(said("\x80\x04\x95"s + word(~uint64_t{0}, 8)), "a frame is longer");
    expect_says(said(protocol + "\x8b" + word(0x7fffffff, 4)), "2147483647 bytes are announced");
    expect_says(said(protocol + "h\x07."), "memory 7 is empty");
    expect_says(said(protocol + "t."), "a mark is missing");
    expect_says(said(protocol + "K\x01K\x02."), "2 objects instead of one");
    expect_says(said(protocol + "\xff."), "opcode 0xff");
    expect_says(said("\x80\x09."), "newer protocol");
}

TEST(HostilePickle, what_is_endless_or_holds_itself) {
    const std::string itself = protocol + "]q" + std::string(1, '\0') + "h" + std::string(1, '\0') + "a.";
    EXPECT_EQ(said(itself), "");  // sound for Python
    expect_says(message([&] { read_checkpoint(archive({{"a/data.pkl", itself}})); }), "nested more than 64 deep");
    std::string deep = protocol;
    for (int i = 0; i < 10000; ++i) deep += "]";
    for (int i = 1; i < 10000; ++i) deep += "a";
    expect_says(message([&] { read_checkpoint(archive({{"a/data.pkl", deep + "."}})); }), "nested more than 64 deep");
    // Ten lists that each hold the one before ten times.
    std::string many = protocol + "K\x01q" + std::string(1, '\0');
    for (char level = 1; level <= 10; ++level) {
        many += "0]q" + std::string(1, level) + "(";
        for (int i = 0; i < 10; ++i) many += "h" + std::string(1, static_cast<char>(level - 1));
        many += "e";
    }
    expect_says(message([&] { read_checkpoint(archive({{"a/data.pkl", many + "."}})); }), "entries");
    expect_says(said(protocol + std::string(5'000'000, 'N') + "."), "are not believable");
    expect_says(said(protocol + std::string(5'000, '(') + "."), "nested more than");
}

TEST(HostilePickle, tensors_stay_inside_their_storage) {
    const std::string six(24, '\0');
    const auto read = [&](const std::string& pickle) {
        return message([&] { read_checkpoint(archive({{"a/data.pkl", pickle}, {"a/data/0", six}})); });
    };
    EXPECT_EQ(read(tensor_pickle("0", 6, 0, 6, 1)), "no error");
    expect_says(read(tensor_pickle("0", 6, 1, 6, 1)), "leaves its storage of 6 elements");
    expect_says(read(tensor_pickle("0", 6, 0, 2, 6)), "leaves its storage");
    expect_says(read(tensor_pickle("0", 6, 7, 0, 1)), "starts at element 7");
    expect_says(read(tensor_pickle("0", 6, 0, 0x7fffffff, 0x7fffffff)), "leaves its storage");
    expect_says(read(tensor_pickle("0", 7, 0, 6, 1)), "storage '0' has 24 bytes instead of 28");
    expect_says(read(tensor_pickle("1", 6, 0, 6, 1)), "storage '1': there is no entry 'a/data/1'");
    expect_says(read(tensor_pickle("../../secret", 6, 0, 6, 1)), "there is no entry");
    // A view that repeats one element is sound, and costs nothing before somebody asks for all of it.
    const Checkpoint large =
        read_checkpoint(archive({{"a/data.pkl", tensor_pickle("0", 6, 0, 0x7fffffff, 0)}, {"a/data/0", six}}));
    expect_says(message([&] { large.tensors[0].second.elements(); }), "repeats a storage of 24 bytes");
}

TEST(HostilePickle, archives_with_names_that_climb_and_bombs) {
    const std::string fine = protocol + "}.";
    expect_says(message([&] {
                    read_checkpoint(archive({{"a/data.pkl", fine}, {"a/../../etc/passwd", "x"}}));
                }),
                "leaves the archive");
    expect_says(message([&] { read_checkpoint(archive({{"a/data.pkl", fine}, {"/etc/passwd", "x"}})); }), "leaves the archive");
    expect_says(message([&] { read_checkpoint(archive({{"a/other", fine}})); }), "no data.pkl");
    std::string bomb = protocol;
    bomb.resize(10'000'000, 'N');
    bomb += '.';
    expect_says(message([&] { read_checkpoint(archive({{"a/data.pkl", bomb}}, true)); }), "is compressed");
}

TEST(HostileSafetensors, headers_that_lie) {
    const auto read = [](const std::string& header, size_t data) {
        return message([&] { read_checkpoint(buffer_of(word(header.size(), 8) + header + std::string(data, '\0'))); });
    };
    const auto entry = [](const std::string& dtype, const std::string& shape, const std::string& offsets) {
        return "{\"w\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
    };
    EXPECT_EQ(read(entry("F32", "[2]", "[0,8]"), 8), "no error");
    expect_says(read(entry("F32", "[2]", "[0,8]"), 7), "tensor 'w': bytes 0 to 8 of 7");
    expect_says(read(entry("F32", "[3]", "[0,8]"), 8), "f32[3] in 8 bytes");
    expect_says(read(entry("F32", "[2]", "[8,0]"), 8), "bytes 8 to 0");
    expect_says(read(entry("F32", "[-1]", "[0,8]"), 8), "no number of 0 or more");
    expect_says(read(entry("F32", "[1099511627776,1099511627776]", "[0,8]"), 8), "2^40");
    expect_says(read(entry("C64", "[1]", "[0,8]"), 8), "complex");
    expect_says(read(entry("F32", "[[[[[2]]]]]", "[0,8]"), 8), "nested more than");
    expect_says(read("{\"w\":3}", 8), "has no 'dtype'");
    expect_says(read("{\"w\":", 8), "JSON is damaged");
    expect_says(read("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
                     "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}}",
                     8),
                "share the bytes");
    expect_says(message([&] { read_checkpoint(buffer_of(word(90'000'000, 8) + "{}")); }), "90000000 bytes is announced");
}

}  // namespace
}  // namespace tinsmith::torch

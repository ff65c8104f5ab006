// Checkpoints as PyTorch writes them (the committed seeds of the fuzzer, made by fuzz/make_torch_seeds.py): each tensor is 0, 1, 2, ...
#include "format/torch/checkpoint.hpp"

#include "base/file.hpp"
#include "data/convert.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace tinsmith::torch {
namespace {

std::string seed(const std::string& name) { return TINSMITH_SOURCE_DIR "/fuzz/corpus/torch_reader/" + name; }

std::vector<double> numbers(const Tensor& tensor) { return real_values(tensor.type(), tensor.elements()); }

std::vector<double> ramp(size_t count) {
    std::vector<double> out(count);
    std::iota(out.begin(), out.end(), 0.0);
    return out;
}

std::string refusal(const Buffer& file) {
    try {
        read_checkpoint(file);
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        return e.what();
    }
    return "no error";
}

TEST(Checkpoint, every_type_in_every_container) {
    const std::vector<std::pair<std::string, DType>> types{
        {"float32", DType::f32}, {"float64", DType::f64},  {"float16", DType::f16}, {"bfloat16", DType::bf16},
        {"int8", DType::i8},     {"uint8", DType::u8},     {"int16", DType::i16},   {"int32", DType::i32},
        {"int64", DType::i64},   {"bool", DType::boolean}, {"uint16", DType::u16},  {"uint32", DType::u32},
        {"uint64", DType::u64}};
    for (const std::string file : {"every.pth", "every_old.pth", "protocol_4.pth", "protocol_5_old.pth", "every.safetensors"}) {
        const Checkpoint checkpoint = read_checkpoint(map_file(seed(file)));
        const bool newer = file == "every.pth" || file == "every.safetensors";
        for (const auto& [name, dtype] : types) {
            const bool unsigned_storage = name.starts_with("uint") && name != "uint8";
            if (unsigned_storage && !newer) continue;
            SCOPED_TRACE(file + ": " + name);
            const Tensor& tensor = checkpoint.at(file.ends_with(".pth") ? "tensors." + name : name);
            EXPECT_EQ(tensor.dtype, dtype);
            EXPECT_EQ(tensor.shape, (Shape{2, 3}));
            if (dtype == DType::boolean)
                EXPECT_EQ(numbers(tensor), (std::vector<double>{0, 1, 1, 1, 1, 1}));
            else
                EXPECT_EQ(numbers(tensor), ramp(6));
        }
    }
}

TEST(Checkpoint, views_of_a_shared_storage) {
    for (const std::string file : {"every.pth", "every_old.pth"}) {
        const Checkpoint checkpoint = read_checkpoint(map_file(seed(file)));
        const auto at = [&](const std::string& name) { return numbers(checkpoint.at("tensors." + name)); };
        EXPECT_EQ(at("base"), ramp(24));
        const std::vector<double> turned = at("turned");
        for (size_t i = 0; i < 24; ++i) {
            const size_t from = i % 4 * 6 + i / 4;
            EXPECT_EQ(turned[i], static_cast<double>(from));
        }
        EXPECT_EQ(at("part"), (std::vector<double>{6, 8, 10, 12, 14, 16}));
        EXPECT_EQ(at("row"), (std::vector<double>{12, 13, 14, 15, 16, 17}));
        EXPECT_EQ(at("last"), (std::vector<double>{23}));
        EXPECT_EQ(at("expanded"), (std::vector<double>{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}));
        EXPECT_EQ(at("empty"), std::vector<double>());
        EXPECT_EQ(at("parameter"), ramp(5));
        EXPECT_EQ(numbers(checkpoint.at("state.0.weight")), ramp(6));
        EXPECT_EQ(numbers(checkpoint.at("plain.nested.0.deep.0")), ramp(2));
    }
}

TEST(Checkpoint, plain_values) {
    for (const std::string file : {"every.pth", "every_old.pth", "protocol_4.pth", "protocol_5_old.pth"}) {
        const auto values = read_checkpoint(map_file(seed(file))).values;
        const auto text = [&, &v = values](const std::string& name) {
            const auto found = std::find_if(v.begin(), v.end(), [&](const auto& e) { return e.first == "plain." + name; });
            return found == v.end() ? "absent" : found->second;
        };
        EXPECT_EQ(text("epoch"), "12");
        EXPECT_EQ(text("rate"), "0.5");
        EXPECT_EQ(text("yes"), "True");
        EXPECT_EQ(text("nothing"), "None");
        EXPECT_EQ(text("raw"), "2 bytes");
        EXPECT_EQ(text("big"), "-1099511627776");
        EXPECT_EQ(text("shape"), "(2, 3)");
        EXPECT_EQ(text("pair"), "(1, 2.5)");
        EXPECT_EQ(text("dtype"), "float16");
        EXPECT_EQ(text("3"), "three");
    }
}

TEST(Checkpoint, stored_weights_are_used_where_they_lie) {
    for (const std::string file : {"every.pth", "every_old.pth", "every.safetensors"}) {
        const Buffer mapped = map_file(seed(file));
        const Checkpoint checkpoint = read_checkpoint(mapped);
        const Buffer elements = checkpoint.at(file.ends_with(".pth") ? "tensors.float32" : "float32").elements();
        const std::byte* begin = mapped.bytes().data();
        EXPECT_TRUE(elements.bytes().data() >= begin && elements.bytes().data() < begin + mapped.size()) << file;
    }
}

TEST(Checkpoint, the_other_byte_order) {
    EXPECT_EQ(numbers(read_checkpoint(map_file(seed("big_endian.pth"))).at("w")), ramp(6));
}

TEST(Checkpoint, what_is_not_tensors_is_refused_by_its_name) {
    const std::vector<std::pair<std::string, std::string>> expected{
        {"attack.pth", "data.pkl: byte 169: 'posix.system' is refused"},
        {"attack_old.pth", "'posix.system' is refused"},
        {"module.pth", "'__main__.Module' is refused"},
        {"module.pth", "torch.export.export(model.eval()"},
        {"complex.pth", "view_as_real"},
        {"sparse.pth", "to_dense"},
        {"bare.pkl", "bare pickle"},
        {"script.pt", "torch.jit.load"}};
    for (const auto& [file, words] : expected) EXPECT_NE(refusal(map_file(seed(file))).find(words), std::string::npos) << file;
}

TEST(Checkpoint, names_that_are_not_there) {
    const Checkpoint checkpoint = read_checkpoint(map_file(seed("big_endian.pth")));
    EXPECT_EQ(checkpoint.find("v"), nullptr);
    EXPECT_THROW(checkpoint.at("v"), Error);
}

// Every truncation and many flips: an error that blames the file, or tensors inside it.
TEST(Checkpoint, damage_never_goes_further_than_an_error) {
    for (const auto& entry : std::filesystem::directory_iterator(seed(""))) {
        const Buffer whole = map_file(entry.path().string());
        const auto attempt = [&](const Buffer& file) {
            try {
                for (const auto& [name, tensor] : read_checkpoint(file).tensors)
                    if (tensor.type().bytes() < 1 << 20) tensor.elements().bytes();
            } catch (const Error& e) {
                EXPECT_EQ(e.fault, Fault::input) << entry.path() << ": " << e.what();
            }
        };
        for (size_t size = 0; size < whole.size(); size += 1 + size / 16) attempt(Buffer::copy_of(whole.bytes().first(size)));
        std::vector<std::byte> damaged(whole.bytes().begin(), whole.bytes().end());
        for (size_t i = 0; i < damaged.size(); i += 1 + i / 24)
            for (const auto flip : {std::byte{1}, std::byte{0x80}, std::byte{0xff}}) {
                damaged[i] ^= flip;
                attempt(Buffer::copy_of(damaged));
                damaged[i] ^= flip;
            }
    }
}

}  // namespace
}  // namespace tinsmith::torch

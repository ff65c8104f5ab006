// The decoder: where payloads lie, and what it says about files that lie.
#include "onnx_model.hpp"

#include <filesystem>
#include <fstream>

namespace tinsmith {
namespace {

using onnx::ElementType;

template <class T>
std::vector<T> elements(const onnx::Tensor& tensor) {
    std::vector<T> out(tensor.data.size() / sizeof(T));
    std::memcpy(out.data(), tensor.data.bytes().data(), tensor.data.size());
    return out;
}

TEST(OnnxDecode, RawPayloadsAreViewsOfTheFile) {
    OnnxModel m;
    m.floats("w", {2, 2}, {1, 2, 3, 4});
    Buffer file = m.bytes();
    onnx::Model model = onnx::decode_model(file, "");
    const onnx::Tensor& w = model.graph.initializers.at(0);
    EXPECT_EQ(elements<float>(w), (std::vector<float>{1, 2, 3, 4}));
    EXPECT_GE(w.data.bytes().data(), file.bytes().data());
    EXPECT_LE(w.data.bytes().data() + 16, file.bytes().data() + file.size());
}

TEST(OnnxDecode, TypedFieldsAreRepacked) {
    OnnxModel m;
    for (float x : {1.5f, -2.0f}) m.tensor("f", {1}).add_floats(x);
    m.graph().mutable_initializers(0)->add_floats(7);
    m.graph().mutable_initializers(0)->set_dims(0, 2);
    auto& bytes = m.tensor("b", {3}, 2);
    for (int x : {0, 128, 255}) bytes.add_int32s(x);
    auto& small = m.tensor("s", {2}, 3);
    for (int x : {-128, 127}) small.add_int32s(x);
    auto& longs = m.tensor("l", {2}, 7);
    for (int64_t x : {int64_t{-1}, INT64_MAX}) longs.add_int64s(x);
    auto& doubles = m.tensor("d", {1}, 11);
    doubles.add_doubles(0.25);
    onnx::Model model = m.decode();
    EXPECT_EQ(elements<float>(model.graph.initializers[0]), (std::vector<float>{1.5f, 7}));
    EXPECT_EQ(elements<uint8_t>(model.graph.initializers[2]), (std::vector<uint8_t>{0, 128, 255}));
    EXPECT_EQ(elements<int8_t>(model.graph.initializers[3]), (std::vector<int8_t>{-128, 127}));
    EXPECT_EQ(elements<int64_t>(model.graph.initializers[4]), (std::vector<int64_t>{-1, INT64_MAX}));
    EXPECT_EQ(elements<double>(model.graph.initializers[5]), (std::vector<double>{0.25}));
}

TEST(OnnxDecode, PayloadsMustFitTheirShape) {
    auto fails = [](const std::vector<int64_t>& dims, const std::string& part) {
        OnnxModel m;
        m.floats("weights", dims, {1, 2});
        expect_error(Fault::input, {"weights", part}, [&] { m.decode(); });
    };
    fails({3}, "8 bytes of data where its shape needs 12");
    fails({1}, "8 bytes of data where its shape needs 4");
    fails({-2}, "negative extent -2");
    fails({INT64_MAX, INT64_MAX}, "more than 2^40");
    fails({1 << 20, 1 << 20, 2}, "more than 2^40");
    fails({1 << 30}, "where its shape needs");
}

TEST(OnnxDecode, TypedElementsMustFitTheirType) {
    OnnxModel m;
    m.tensor("b", {1}, 2).add_int32s(300);
    expect_error(Fault::input, {"'b'", "300"}, [&] { m.decode(); });
}

TEST(OnnxDecode, EveryTruncationIsAnInputError) {
    OnnxModel m;
    m.input("x", {"N", 2}).output("y", {"N", 2}).floats("w", {1, 2}, {1, 2});
    m.node("Add", {"x", "w"}, {"y"}, "sum");
    Buffer whole = m.bytes();
    for (size_t size = 0; size < whole.size(); ++size) {
        try {
            read_onnx(onnx::decode_model(whole.slice(0, size), ""), {});
            FAIL() << "the first " << size << " bytes are a model";
        } catch (const Error& e) {
            EXPECT_EQ(e.fault, Fault::input) << size << ": " << e.what();
        }
    }
}

TEST(OnnxDecode, NoBitFlipDoesMoreThanThrow) {
    OnnxModel m;
    m.input("x", {"N", 2}).output("y", {"N", 2}).floats("w", {1, 2}, {1, 2});
    m.node("Add", {"x", "w"}, {"s"}, "sum");
    m.node("Relu", {"s"}, {"y"}, "cut");
    const std::string whole = m.proto.SerializeAsString();
    for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        std::string flipped = whole;
        flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
        try {
            read_onnx(onnx::decode_model(Buffer::copy_of(std::as_bytes(std::span(flipped.data(), flipped.size()))), ""), {});
        } catch (const Error& e) {
            EXPECT_TRUE(e.fault == Fault::input || e.fault == Fault::unsupported) << bit << ": " << e.what();
        }
    }
}

TEST(OnnxDecode, ATinyFileCannotAskForMuchMemory) {
    std::string graph;
    for (int i = 0; i < 4'000'000; ++i) graph += std::string("\x0a\x00", 2);  // an empty node
    onnx::wire::Model m;
    std::string bytes("\x08\x08\x3a", 3);
    for (size_t n = graph.size(); true; n >>= 7) {
        bytes.push_back(static_cast<char>(n >= 128 ? n | 128 : n));
        if (n < 128) break;
    }
    bytes += graph;
    expect_error(Fault::input, {"more parts than"},
                 [&] { onnx::decode_model(Buffer::copy_of(std::as_bytes(std::span(bytes.data(), bytes.size()))), ""); });
}

TEST(OnnxDecode, DeepNestingIsRefused) {
    OnnxModel m;
    onnx::wire::Graph* inner = &m.graph();
    for (int i = 0; i < 40; ++i) {
        auto* node = inner->add_nodes();
        node->set_op_type("If");
        auto* attribute = node->add_attributes();
        attribute->set_name("then_branch");
        attribute->set_kind(5);
        inner = attribute->mutable_graph();
    }
    expect_error(Fault::input, {"nest deeper"}, [&] { m.decode(); });
}

class OnnxExternal : public testing::Test {
protected:
    void SetUp() override {
        folder = std::filesystem::temp_directory_path() / ("tinsmith_external_" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder / "model");
        for (const char* name : {"model/weights.bin", "secret.bin"}) {
            std::ofstream file(folder / name, std::ios::binary);
            for (float x : {1.0f, 2.0f, 3.0f, 4.0f}) file.write(reinterpret_cast<const char*>(&x), 4);
        }
    }
    void TearDown() override { std::filesystem::remove_all(folder); }

    static void external(OnnxModel& m, const std::string& name, int64_t count, const std::string& location,
                         const std::string& offset, const std::string& length) {
        auto& t = m.tensor(name, {count});
        t.set_location(1);
        for (auto [key, value] :
             {std::pair{"location", location}, {"offset", offset}, {"length", length}, {"checksum", std::string("x")}}) {
            auto* entry = t.add_external();
            entry->set_key(key);
            entry->set_value(value);
        }
    }
    void fails(const std::string& location, const std::string& offset, const std::string& length, const std::string& part) {
        OnnxModel m;
        external(m, "w", 2, location, offset, length);
        expect_error(Fault::input, {"'w'", part}, [&] { m.decode((folder / "model").string()); });
    }
    std::filesystem::path folder;
};

TEST_F(OnnxExternal, IsMapped) {
    OnnxModel m;
    external(m, "a", 2, "weights.bin", "0", "8");
    external(m, "b", 2, "weights.bin", "8", "8");
    onnx::Model model = m.decode((folder / "model").string());
    EXPECT_EQ(elements<float>(model.graph.initializers[1]), (std::vector<float>{3, 4}));
    EXPECT_EQ(model.external, (std::vector<std::string>{"weights.bin"}));
}

TEST_F(OnnxExternal, StaysInTheFolder) {
    fails("../secret.bin", "0", "8", "outside the model's folder");
    fails("sub/../../secret.bin", "0", "8", "outside the model's folder");
    fails((folder / "secret.bin").string(), "0", "8", "outside the model's folder");
    std::filesystem::create_symlink(folder / "secret.bin", folder / "model" / "link.bin");
    fails("link.bin", "0", "8", "link to outside");
    fails("", "0", "8", "no name of a file");
    fails("absent.bin", "0", "8", "is not in the folder");
}

TEST_F(OnnxExternal, RangesAreChecked) {
    fails("weights.bin", "9", "8", "has 16 bytes");
    fails("weights.bin", "18446744073709551615", "8", "has 16 bytes");
    fails("weights.bin", "99999999999999999999999", "8", "has the offset");
    fails("weights.bin", "-1", "8", "has the offset '-1'");
    fails("weights.bin", "0", "12", "where its shape needs 8");
}

TEST_F(OnnxExternal, TensorsDoNotOverlap) {
    OnnxModel m;
    external(m, "a", 2, "weights.bin", "0", "8");
    external(m, "b", 2, "weights.bin", "4", "8");
    expect_error(Fault::input, {"'b'", "belong to another tensor"}, [&] { m.decode((folder / "model").string()); });
}

TEST(OnnxSniff, KnowsModelsFromOtherFiles) {
    auto sniff = [](const std::string& text) {
        return onnx::looks_like_onnx(std::as_bytes(std::span(text.data(), text.size())));
    };
    OnnxModel m;
    m.input("x", {1}).output("x", {1});
    EXPECT_TRUE(sniff(m.proto.SerializeAsString()));
    EXPECT_FALSE(sniff(""));
    EXPECT_FALSE(sniff("a text file\n"));
    EXPECT_FALSE(sniff(std::string("\x1c\0\0\0TFL3\x14\0\0\0", 12)));
    EXPECT_FALSE(sniff(std::string("PK\x03\x04", 4)));
}

}  // namespace
}  // namespace tinsmith

// What is written passes the format's verifier, reads back, computes the same, and is written again as the same bytes.
#include "format/tflite/schema_generated.h"
#include "frontend/tflite/model_reader.hpp"
#include "ir/verify.hpp"
#include "run/session.hpp"
#include "small_graphs.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

Buffer sample(const Type& type, int salt) {
    auto draw = [&]<class T>(T) {
        std::vector<T> values(static_cast<size_t>(type.elements()));
        for (size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<T>(std::sin(static_cast<double>(i) * 7.1 + salt) * 20);
        return Buffer::of(std::move(values));
    };
    switch (type.dtype) {
        case DType::f32: return draw(float{});
        case DType::i8: return draw(int8_t{});
        case DType::i32: return draw(int32_t{});
        case DType::i64: return draw(int64_t{});
        default: return Buffer::of(std::vector<uint8_t>(type.bytes(), 1));  // bool, u16: any bits will do
    }
}

std::vector<Buffer> run(const Graph& graph) {
    std::vector<Buffer> inputs;
    for (const Port& port : graph.inputs) inputs.push_back(sample(graph.type(port.value), static_cast<int>(inputs.size())));
    return Session(graph, {.fast = false}).run(inputs);
}

double largest_difference(const Buffer& a, const Buffer& b) {
    Buffer left = a.aligned(4), right = b.aligned(4);
    auto *x = reinterpret_cast<const float*>(left.bytes().data()), *y = reinterpret_cast<const float*>(right.bytes().data());
    double worst = 0;
    for (size_t i = 0; i < a.size() / 4; ++i)
        worst = std::max(worst, std::fabs(static_cast<double>(x[i]) - static_cast<double>(y[i])));
    return worst;
}

class RoundTrip : public testing::TestWithParam<SmallGraph> {};

TEST_P(RoundTrip, is_sound_equal_and_repeatable) {
    const Graph& source = GetParam().graph;
    verify(source);
    Graph prepared = source;
    prepare_for_tflite(prepared, {});
    verify(prepared);
    std::vector<std::byte> bytes = tflite_bytes(prepared);
    EXPECT_TRUE(bytes == tflite_bytes(Graph(prepared))) << "the same graph gave other bytes";

    flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    ASSERT_TRUE(tflite::VerifyModelBuffer(verifier));
    Graph again = tflite::read(Buffer::copy_of(bytes)).graph;
    verify(again);
    EXPECT_TRUE(GetParam().folds || bytes == tflite_bytes(again)) << "what was read is not what was written";

    auto want = run(source), got = run(again);
    ASSERT_EQ(want.size(), got.size());
    for (size_t i = 0; i < want.size(); ++i) {
        EXPECT_EQ(source.outputs[i].name, again.outputs[i].name);
        ASSERT_EQ(source.type(source.outputs[i].value), again.type(again.outputs[i].value));
        if (source.type(source.outputs[i].value).dtype == DType::f32)
            EXPECT_LT(largest_difference(want[i], got[i]), 1e-4);
        else
            EXPECT_TRUE(same_content(want[i], got[i]));
    }
}

INSTANTIATE_TEST_SUITE_P(SmallGraphs, RoundTrip, testing::ValuesIn(small_graphs()),
                         [](const auto& info) { return info.param.name; });

}  // namespace

void PrintTo(const SmallGraph& g, std::ostream* out) { *out << g.name; }

}  // namespace tinsmith

// Every row of the operator list: one sample node each, whose inferred types and evaluated bytes must agree, and mutations of
// it, which infer refuses or eval survives.
#include "ir/builder.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <random>

namespace tinsmith {
namespace {

struct Sample {
    const OpDef* op;
    std::vector<Type> in;
    Attrs attrs;
};

Type f32(Shape shape) { return {DType::f32, std::move(shape), {}}; }
Type i32(Shape shape) { return {DType::i32, std::move(shape), {}}; }
Type boolean(Shape shape) { return {DType::boolean, std::move(shape), {}}; }

// Integers and booleans of samples are 0 or 1: valid as indices, axes, starts, lengths.
std::vector<Sample> special_samples() {
    const Type image = f32({1, 5, 6, 4}), volume = f32({1, 3, 4, 5, 2});
    Type quantised{DType::i8, {2, 3}, Quant{{0.5f, 0.25f, 1}, {0, 1, -1}, 1}};
    std::vector<Sample> samples{
        {&op::Cast, {f32({3})}, {{"to", "i8"}}},
        {&op::Quantize, {f32({2, 3})}, {{"scale", Floats{0.5}}, {"zero_point", Ints{3}}}},
        {&op::Dequantize, {quantised}, {}},
        {&op::Reshape, {f32({2, 6})}, {{"shape", Ints{3, 4}}}},
        {&op::Transpose, {f32({2, 3, 4})}, {{"perm", Ints{2, 0, 1}}}},
        {&op::Concat, {f32({2, 3}), f32({2, 1})}, {{"axis", 1}}},
        {&op::Slice, {f32({4, 5})}, {{"starts", Ints{1, 4}}, {"ends", Ints{3, -1}}, {"steps", Ints{1, -2}}}},
        {&op::Split, {f32({2, 5})}, {{"axis", 1}, {"sizes", Ints{2, 3}}}},
        {&op::Pad, {f32({2, 3})}, {{"before", Ints{1, 0}}, {"after", Ints{0, 2}}, {"mode", "reflect"}}},
        {&op::Tile, {f32({2, 3})}, {{"repeats", Ints{2, 1}}}},
        {&op::Expand, {f32({2, 1})}, {{"shape", Ints{3, 2, 4}}}},
        {&op::Gather, {f32({2, 3, 4}), i32({5})}, {{"axis", 1}}},
        {&op::GatherND, {f32({2, 3, 4}), i32({5, 2})}, {}},
        {&op::ScatterND, {i32({5, 2}), f32({5, 4})}, {{"shape", Ints{2, 3, 4}}}},
        {&op::OneHot, {i32({3})}, {{"depth", 4}}},
        {&op::DepthToSpace, {image}, {{"blocksize", 2}}},
        {&op::SpaceToDepth, {f32({1, 4, 6, 3})}, {{"blocksize", 2}}},
        {&op::Reverse, {f32({2, 3})}, {{"axes", Ints{1}}}},
        {&op::ReverseSequence, {f32({4, 2, 3}), i32({2})}, {{"seq_axis", 0}, {"batch_axis", 1}}},
        {&op::ResizeBilinear, {image}, {{"size", Ints{7, 3}}, {"half_pixel_centers", true}}},
        {&op::ResizeNearest, {image}, {{"size", Ints{7, 3}}, {"align_corners", true}}},
        {&op::ArgMax, {f32({2, 3})}, {{"axis", 1}}},
        {&op::ArgMin, {f32({2, 3})}, {{"axis", 0}, {"dtype", "i32"}}},
        {&op::CumSum, {f32({2, 3})}, {{"axis", 1}, {"reverse", true}}},
        {&op::TopK, {f32({2, 5})}, {{"k", 3}}},
        {&op::Softmax, {f32({2, 5})}, {}},
        {&op::LogSoftmax, {f32({2, 5})}, {}},
        {&op::L2Normalization, {f32({2, 5})}, {}},
        {&op::LRN, {image}, {{"radius", 1}}},
        {&op::MaxPool, {image}, {{"kernel", Ints{2, 3}}, {"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 0, 2}}}},
        {&op::AveragePool, {image}, {{"kernel", Ints{2, 3}}, {"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 0, 2}}}},
        {&op::Conv, {image, f32({6, 3, 2, 2}), f32({6})}, {{"group", 2}, {"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 1, 1}}}},
        {&op::DepthwiseConv, {image, f32({1, 3, 3, 8}), f32({8})}, {{"dilations", Ints{2, 1}}, {"pads", Ints{1, 1, 1, 1}}}},
        {&op::ConvTranspose, {image, f32({3, 2, 3, 4}), f32({3})}, {{"strides", Ints{2, 2}}, {"output_padding", Ints{1, 0}}}},
        {&op::Conv3D, {volume, f32({2, 2, 2, 2, 3}), f32({3})}, {{"strides", Ints{1, 2, 1}}, {"pads", Ints{0, 1, 0, 1, 0, 1}}}},
        {&op::ConvTranspose3D, {volume, f32({2, 2, 2, 3, 2}), f32({3})}, {{"strides", Ints{1, 2, 1}}}},
        {&op::FullyConnected, {f32({2, 3, 4}), f32({5, 4}), f32({5})}, {{"activation", "relu"}}},
        {&op::MatMul, {f32({2, 1, 3, 4}), f32({5, 6, 4})}, {{"adj_y", true}}},
        {&op::NonMaxSuppression, {f32({6, 4}), f32({6})}, {{"max_output", 3}, {"iou", 0.5}}},
        {&op::RNN, {f32({2, 3, 4}), f32({5, 4}), f32({5, 5}), f32({5})}, {}},
        {&op::SVDF, {f32({2, 4}), f32({6, 4}), f32({6, 5}), f32({3}), f32({2, 30})}, {{"rank", 2}}},
    };
    std::vector<Type> lstm{f32({2, 3, 4})};
    for (int k = 0; k < 4; ++k) lstm.push_back(f32({5, 4}));
    for (int k = 0; k < 4; ++k) lstm.push_back(f32({5, 5}));
    for (int k = 0; k < 3; ++k) lstm.push_back(f32({5}));
    for (int k = 0; k < 4; ++k) lstm.push_back(f32({5}));
    samples.push_back({&op::LSTM, std::move(lstm), {}});
    for (const OpDef* def : {&op::ReduceSum, &op::ReduceMean, &op::ReduceProd, &op::ReduceMax, &op::ReduceMin})
        samples.push_back({def, {f32({2, 3, 4})}, {{"axes", Ints{0, 2}}}});
    for (const OpDef* def : {&op::ReduceAny, &op::ReduceAll}) samples.push_back({def, {boolean({2, 3})}, {{"axes", Ints{1}}}});
    return samples;
}

// Elementwise rows need no attributes: all operands of one shape.
Sample elementwise_sample(const OpDef& def) {
    Sample sample{&def, {}, {}};
    for (size_t k = 0; k < def.operands.size(); ++k) sample.in.push_back(f32({2, 3}));
    if (&def == &op::Where) sample.in[0].dtype = DType::boolean;
    for (const OpDef* logic : {&op::And, &op::Or, &op::Not})
        if (&def == logic)
            for (Type& type : sample.in) type.dtype = DType::boolean;
    for (const OpDef* bits : {&op::BitwiseXor, &op::RightShift})
        if (&def == bits)
            for (Type& type : sample.in) type.dtype = DType::i32;
    return sample;
}

std::vector<Sample> all_samples() {
    std::vector<Sample> samples = special_samples();
    for (const OpDef* def : all_ops()) {
        const auto is_row = [&](const Sample& s) { return s.op == def; };
        if (def->elementwise && std::none_of(samples.begin(), samples.end(), is_row))
            samples.push_back(elementwise_sample(*def));
    }
    return samples;
}

std::vector<std::byte> random_bytes(std::mt19937& random, const Type& type, int64_t most) {
    std::vector<std::byte> bytes(type.bytes());
    const auto n = static_cast<size_t>(type.elements());
    for (size_t i = 0; i < n; ++i) {
        if (type.dtype == DType::f32) {
            const float x = std::uniform_real_distribution<float>(-2, 2)(random);
            std::memcpy(bytes.data() + 4 * i, &x, 4);
        } else {
            const int64_t x =
                std::uniform_int_distribution<int64_t>(most > 1 ? -most : 0, type.dtype == DType::boolean ? 1 : most)(random);
            if (dtype_bits(type.dtype) >= 8)
                std::memcpy(bytes.data() + dtype_bits(type.dtype) / 8 * i, &x, dtype_bits(type.dtype) / 8);
        }
    }
    return bytes;
}

// The node of a sample in a graph of its own, on constants.
struct Bench {
    Graph graph;
    Node node;
    std::vector<Type> types;  // of the outputs

    Bench(const Sample& sample, std::mt19937& random, int64_t most) {
        node.op = sample.op;
        node.attrs = sample.attrs;
        for (const Type& type : sample.in)
            node.inputs.push_back(graph.add_constant("", type, Buffer::of(random_bytes(random, type, most))));
        types = infer_types(graph, node);
    }

    // The outputs, computed into memory that held `fill` before. Expects the bytes around them untouched.
    std::vector<std::vector<std::byte>> evaluate_over(std::byte fill) const {
        constexpr size_t guard = 64;
        std::vector<TensorView> in;
        std::vector<Buffer> held;
        held.reserve(node.inputs.size());
        for (ValueId id : node.inputs) {
            held.push_back(graph.value(id).data->aligned(16));
            static constexpr std::byte nothing{};
            in.push_back({&graph.type(id), held.back().size() ? held.back().bytes().data() : &nothing});
        }
        std::vector<std::vector<std::byte>> memory;
        memory.reserve(types.size());
        std::vector<TensorSlot> out;
        for (const Type& type : types) {
            memory.emplace_back(type.bytes() + 2 * guard, fill);
            out.push_back({&type, memory.back().data() + guard});
        }
        node.op->eval({node, in, out});
        for (size_t k = 0; k < types.size(); ++k) {
            std::vector<std::byte>& bytes = memory[k];
            const auto is_fill = [&](std::byte b) { return b == fill; };
            EXPECT_TRUE(std::all_of(bytes.begin(), bytes.begin() + guard, is_fill))
                << node.op->name << " wrote before its output";
            EXPECT_TRUE(std::all_of(bytes.end() - guard, bytes.end(), is_fill)) << node.op->name << " wrote behind its output";
            bytes = {bytes.begin() + guard, bytes.end() - guard};
        }
        return memory;
    }
};

TEST(Rows, every_evaluated_operator_has_a_sample) {
    const std::vector<Sample> samples = all_samples();
    for (const OpDef* def : all_ops()) {
        const auto is_row = [&](const Sample& s) { return s.op == def; };
        EXPECT_TRUE(!def->eval || std::any_of(samples.begin(), samples.end(), is_row))
            << def->name << " has no sample in this file";
    }
}

TEST(Rows, eval_writes_all_that_infer_promises_and_nothing_else) {
    std::mt19937 random(1);
    for (const Sample& sample : all_samples()) {
        SCOPED_TRACE(sample.op->name);
        const Bench bench(sample, random, 1);
        EXPECT_EQ(bench.evaluate_over(std::byte{0}), bench.evaluate_over(std::byte{0xa5}));
    }
}

TEST(Rows, names_are_unique_and_attributes_known) {
    std::vector<std::string_view> names;
    for (const OpDef* def : all_ops()) {
        EXPECT_EQ(find_op(def->name), def);
        EXPECT_FALSE(def->says.empty()) << def->name;
        EXPECT_TRUE(def->infer) << def->name;
        EXPECT_TRUE(def->tflite.builtin < 0 || def->tflite.accepts != 0) << def->name << " accepts no element type";
        names.push_back(def->name);
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

int64_t odd_number(std::mt19937& random) {
    static constexpr int64_t numbers[] = {-2,
                                          -1,
                                          0,
                                          1,
                                          2,
                                          3,
                                          5,
                                          100,
                                          int64_t{1} << 31,
                                          int64_t{1} << 40,
                                          std::numeric_limits<int64_t>::max(),
                                          std::numeric_limits<int64_t>::min()};
    return numbers[random() % std::size(numbers)];
}

// Changes one thing about the sample: an extent, an element type, a rank, an operand, a number in an attribute.
void mutate(Sample& sample, std::mt19937& random) {
    std::vector<Ints*> lists;
    switch (random() % 5) {
        case 0:
            if (Type& type = sample.in[random() % sample.in.size()]; !type.shape.empty()) {
                static constexpr int64_t extents[] = {0, 1, 2, 3, 7};
                type.shape[random() % type.shape.size()] = extents[random() % std::size(extents)];
            }
            return;
        case 1: {
            static constexpr DType dtypes[] = {DType::f32, DType::i8, DType::u8, DType::i32, DType::i64, DType::boolean};
            sample.in[random() % sample.in.size()].dtype = dtypes[random() % std::size(dtypes)];
            return;
        }
        case 2: {
            Shape& shape = sample.in[random() % sample.in.size()].shape;
            if (random() % 2 && !shape.empty())
                shape.pop_back();
            else if (shape.size() < 10)
                shape.insert(shape.begin(), 1 + random() % 2);
            return;
        }
        case 3:
            if (random() % 2)
                sample.in.push_back(sample.in[random() % sample.in.size()]);
            else if (sample.in.size() > 1)
                sample.in.pop_back();
            return;
        default:
            if (sample.op->attrs.empty()) return;
            const AttrSpec& spec = sample.op->attrs[random() % sample.op->attrs.size()];
            const Attr* present = sample.attrs.find(spec.name);
            Attr attr = present ? *present : spec.fallback;
            if (auto* list = std::get_if<Ints>(&attr)) {
                if (list->empty() || random() % 4 == 0)
                    list->push_back(odd_number(random));
                else
                    (*list)[random() % list->size()] = odd_number(random);
            } else if (auto* number = std::get_if<int64_t>(&attr)) {
                *number = odd_number(random);
            } else if (auto* flag = std::get_if<bool>(&attr)) {
                *flag = !*flag;
            }
            sample.attrs.set(spec.name, std::move(attr));
    }
}

// Hostile nodes: infer throws an Error, or eval stays within its memory. Under the sanitizers this checks reads as well.
TEST(Rows, mutated_nodes_are_refused_or_computed) {
    const char* wanted = std::getenv("TINSMITH_TEST_SEED");
    const uint32_t seed = wanted ? static_cast<uint32_t>(std::strtoul(wanted, nullptr, 10)) : std::random_device{}();
    SCOPED_TRACE(testing::Message() << "TINSMITH_TEST_SEED=" << seed);
    std::mt19937 random(seed);
    for (const Sample& sample : all_samples()) {
        for (int round = 0; round < 300; ++round) {
            Sample mutated = sample;
            for (uint32_t k = 0; k <= random() % 3; ++k) mutate(mutated, random);
            try {
                const Bench bench(mutated, random, random() % 2 ? 1 : 120);
                size_t total = 0;
                for (const Type& type : bench.types) total += std::min(type.bytes(), size_t{1} << 30);
                if (total < (1u << 20)) bench.evaluate_over(std::byte{0});
            } catch (const Error& e) {
                EXPECT_NE(e.fault, Fault::internal) << sample.op->name << ": " << e.what();
            }
        }
    }
}

}  // namespace
}  // namespace tinsmith

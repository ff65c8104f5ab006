// The LSTM on stored integers against the float one of what they stand for, and what it refuses.
#include "ir/builder.hpp"
#include "op/list.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tinsmith {
namespace {

constexpr int64_t batch = 2, time = 5, in = 6, cell = 7;

// One layer in two graphs: stored integers, and floats that are exactly what they stand for.
struct Layer {
    Graph stored, real;
    Node node{&op::LSTM, {}, {}, {{"cell_clip", 2.0}}, {}}, real_node = node;
    std::mt19937 random;
    DType dtype;
    float x_scale, h_scale;

    Layer(unsigned seed, DType type)
        : random(seed),
          dtype(type),
          x_scale(type == DType::i8 ? 0.02f : 1e-4f),
          h_scale(type == DType::i8 ? 1.0f / 127 : 1.0f / 32767) {
        const int64_t zero = dtype == DType::i8 ? 3 : 0;
        add({dtype, {batch, time, in}, Quant{{x_scale}, {zero}, -1}}, dtype == DType::i8 ? 100 : 20000);
        for (int gate = 0; gate < 4; ++gate) add({DType::i8, {cell, in}, Quant{{0.01f}, {0}, -1}}, 127);
        for (int gate = 0; gate < 4; ++gate) add({DType::i8, {cell, cell}, Quant{{0.008f}, {0}, -1}}, 127);
        for (int i = 0; i < 3; ++i) absent();
        for (int gate = 0; gate < 4; ++gate)
            add({dtype == DType::i8 ? DType::i32 : DType::i64, {cell}, Quant{{x_scale * 0.01f}, {0}, -1}},
                static_cast<int64_t>(0.5f / (x_scale * 0.01f)));
        absent();
        absent();
        add({dtype, {batch, cell}, Quant{{h_scale}, {dtype == DType::i8 ? -2 : 0}, -1}}, dtype == DType::i8 ? 60 : 15000);
        add({DType::i16, {batch, cell}, Quant{{1.0f / 2048}, {0}, -1}}, 3000);
    }
    void absent() {
        node.inputs.push_back(no_value);
        real_node.inputs.push_back(no_value);
    }
    void add(const Type& type, int64_t reach) {
        std::vector<int64_t> values(static_cast<size_t>(type.elements()));
        std::vector<float> reals;
        for (int64_t& v : values) {
            v = std::uniform_int_distribution<int64_t>(-reach, reach)(random);
            reals.push_back(type.quant->scale[0] * static_cast<float>(v - type.quant->zero_point[0]));
        }
        std::vector<std::byte> bytes(type.bytes());
        const size_t width = dtype_bits(type.dtype) / 8;
        for (size_t i = 0; i < values.size(); ++i) std::memcpy(bytes.data() + i * width, &values[i], width);
        node.inputs.push_back(stored.add_constant({}, type, Buffer::of(std::move(bytes))));
        real_node.inputs.push_back(real.add_constant({}, {DType::f32, type.shape, {}}, Buffer::of(std::move(reals))));
    }
    std::vector<float> run_stored() {
        std::vector<Type> types = infer_types(stored, node);
        types[0].quant = stored.type(node.inputs[18]).quant;
        const ValueId y = stored.add_constant({}, types[0], evaluate(stored, node, types)[0]);
        std::vector<float> out;
        for (int64_t v : stored.constant_ints(y))
            out.push_back(h_scale * static_cast<float>(v - types[0].quant->zero_point[0]));
        return out;
    }
    std::vector<float> run_real() {
        const std::vector<Type> types = infer_types(real, real_node);
        return real.constant_floats(real.add_constant({}, types[0], evaluate(real, real_node, types)[0]));
    }
};

double largest_difference(Layer& layer) {
    const std::vector<float> stored = layer.run_stored(), real = layer.run_real();
    EXPECT_EQ(stored.size(), real.size());
    double most = 0;
    for (size_t i = 0; i < real.size(); ++i) most = std::max<double>(most, std::abs(stored[i] - real[i]));
    return most;
}

TEST(IntegerLstm, IsCloseToTheFloatOne) {
    for (unsigned seed = 0; seed < 20; ++seed) {
        Layer bytes(seed, DType::i8), words(seed, DType::i16);
        EXPECT_LT(largest_difference(bytes), 3.0 / 127) << seed;
        EXPECT_LT(largest_difference(words), 0.002) << seed;
    }
}

TEST(IntegerLstm, NamesWhatItHasNoKernelFor) {
    Layer relu(1, DType::i8), stateless(1, DType::i8), wide(1, DType::i8);
    relu.node.attrs.set("activation", std::string("relu"));
    EXPECT_THROW(infer_types(relu.stored, relu.node), Error);
    stateless.node.inputs[19] = no_value;
    EXPECT_THROW(infer_types(stateless.stored, stateless.node), Error);
    wide.stored.values[wide.node.inputs[12]].type.dtype = DType::i64;
    EXPECT_THROW(infer_types(wide.stored, wide.node), Error);
}

}  // namespace
}  // namespace tinsmith

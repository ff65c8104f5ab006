// Samples: shapes that fit, conversion of elements, random inputs, and messages that name file and input.
#include "data/samples.hpp"

#include "data/convert.hpp"
#include "data/fit.hpp"
#include "data/random.hpp"
#include "data_test.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tinsmith {
namespace {

Array floats(Shape shape, std::vector<float> elements) {
    return {DType::f32, std::move(shape), Buffer::of(std::move(elements))};
}

TEST(FitSamples, leading_extents_count_samples) {
    const auto count = [](const Shape& array, const Shape& input) {
        const auto fit = fit_samples(array, input);
        return fit && fit->perm.empty() ? fit->count : 0;
    };
    EXPECT_EQ(count({1, 3, 8, 8}, {1, 3, 8, 8}), 1);
    EXPECT_EQ(count({5, 3, 8, 8}, {1, 3, 8, 8}), 5);
    EXPECT_EQ(count({5, 1, 3, 8, 8}, {1, 3, 8, 8}), 5);
    EXPECT_EQ(count({3, 8, 8}, {1, 3, 8, 8}), 1);
    EXPECT_EQ(count({100, 8, 8}, {1, 1, 8, 8}), 100);
    EXPECT_EQ(count({6, 4}, {2, 4}), 3);
    EXPECT_EQ(count({3, 2, 4}, {2, 4}), 3);
    EXPECT_EQ(count({10}, {1, 10}), 1);
    EXPECT_EQ(count({100}, {1}), 100);
    EXPECT_EQ(count({7}, {}), 7);
    EXPECT_EQ(count({}, {}), 1);
    EXPECT_EQ(count({3, 8, 9}, {1, 3, 8, 8}), 0);
    EXPECT_EQ(count({0, 3, 8, 8}, {1, 3, 8, 8}), 0);
}

TEST(FitSamples, only_the_other_layout_fits) {
    const auto to_first = fit_samples({5, 8, 9, 3}, {1, 3, 8, 9});
    ASSERT_TRUE(to_first.has_value());
    EXPECT_EQ(to_first->count, 5);
    EXPECT_EQ(to_first->perm, (Ints{0, 3, 1, 2}));
    const auto to_last = fit_samples({3, 8, 9}, {1, 8, 9, 3});
    ASSERT_TRUE(to_last.has_value());
    EXPECT_EQ(to_last->perm, (Ints{0, 2, 3, 1}));
    EXPECT_FALSE(fit_samples({3, 4}, {4, 3}).has_value());
}

TEST(Samples, arrays_by_name_converted_and_transposed) {
    const TemporaryFolder folder;
    const std::string path = folder.path("tinsmith_samples.npz");
    const std::vector<std::pair<std::string, Array>> arrays{
        {"image", {DType::u8, {2, 1, 2, 3}, Buffer::of(std::vector<uint8_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})}},
        {"rate", {DType::i64, {}, Buffer::of(std::vector<int64_t>{16000})}},
        {"more", floats({1}, {1})},
    };
    write_npz(path, arrays);
    const Samples samples(graph_with({{"image", {DType::f32, {1, 3, 1, 2}, {}}}, {"rate", {DType::i32, {}, {}}}}),
                          {path, {}, 0});
    ASSERT_EQ(samples.size(), 2u);
    EXPECT_EQ(as_floats(samples.inputs(1)[0]), (std::vector<float>{7, 10, 8, 11, 9, 12}));
    const Buffer rate = samples.inputs(1)[1];
    EXPECT_EQ(*reinterpret_cast<const int32_t*>(rate.bytes().data()), 16000);
    ASSERT_EQ(samples.notes().size(), 2u);
    EXPECT_EQ(samples.notes()[0], path + ": input 'image' is 1x3x1x2, the array holds 1x1x2x3: transposed");
    EXPECT_EQ(samples.notes()[1], path + ": pixels go in as numbers 0..255; --normalize says otherwise");
    EXPECT_EQ(message_of([&] {
                  Samples(graph_with({{"x", {}}, {"y", {}}}), {path, {}, 0});
              }),
              path + ": there is no array for input 'x': the file has 'image', 'rate', 'more'");
}

TEST(Samples, problems_name_file_input_and_sample) {
    const TemporaryFolder folder;
    const std::string path = folder.path("tinsmith_samples.npy");
    write_npy(path, floats({3, 2}, {1, 2, 3, 4, 5, NAN}));
    const Graph graph = graph_with({{"x", {DType::f32, {1, 2}, {}}}});
    const Samples samples(graph, {path, {}, 0});
    EXPECT_EQ(samples.size(), 3u);
    EXPECT_EQ(as_floats(samples.inputs(1)[0]), (std::vector<float>{3, 4}));
    EXPECT_EQ(message_of([&] { samples.inputs(2); }), path + ": input 'x', sample 2: element 1 is nan");
    const Samples two(graph, {path, 2, 0});  // one of the first third, one of the rest
    EXPECT_EQ(two.size(), 2u);
    EXPECT_EQ(two.stored_index(0), 0u);
    EXPECT_GE(two.stored_index(1), 1u);
    EXPECT_EQ(message_of([&] {
                  Samples(graph_with({{"x", {DType::f32, {5}, {}}}}), {path, {}, 0});
              }),
              path + ": input 'x' is 5, the array is 3x2: that is no sample, nor a row of samples");
    EXPECT_EQ(message_of([&] {
                  Samples(graph_with({{"x", {}}, {"y", {}}}), {path, {}, 0});
              }),
              path + ": the model has 2 inputs: give a .npz with the arrays 'x', 'y'");
    EXPECT_EQ(message_of([&] { Samples(graph, {"absent/", {}, 0}); }), "cannot open 'absent/': No such file or directory");
    EXPECT_EQ(message_of([&] {
                  Samples(graph, {"/dev/null", {}, 0});
              }),
              "/dev/null: data is read from .npy, .npz, .csv, images (.jpg, .png, .bmp), sounds (.wav) and folders of them");
    const Samples indices(graph_with({{"i", {DType::i32, {1, 2}, {}}}}), {path, {}, 0});
    EXPECT_EQ(indices.inputs(0)[0].size(), 8u);
}

TEST(Samples, random_ones_repeat_and_differ) {
    const Graph graph =
        graph_with({{"x", {DType::f32, {100}, {}}}, {"i", {DType::i64, {50}, {}}}, {"b", {DType::boolean, {9}, {}}}});
    const Samples samples(graph, {"", 3, 42}), same(graph, {"", {}, 42}), other(graph, {"", {}, 43});
    EXPECT_EQ(samples.size(), 3u);
    EXPECT_EQ(same.size(), 1u);
    EXPECT_TRUE(same_content(samples.inputs(0)[0], same.inputs(0)[0]));
    EXPECT_FALSE(same_content(samples.inputs(0)[0], samples.inputs(1)[0]));
    EXPECT_FALSE(same_content(same.inputs(0)[0], other.inputs(0)[0]));
    for (float x : as_floats(samples.inputs(2)[0])) EXPECT_TRUE(x >= -1 && x < 1);
    const Buffer indices = samples.inputs(2)[1];
    const auto* index = reinterpret_cast<const int64_t*>(indices.bytes().data());
    for (int i = 0; i < 50; ++i) EXPECT_TRUE(index[i] == 0 || index[i] == 1);
}

TEST(Convert, exactly_or_not_at_all) {
    const auto convert = [](auto value, DType from, const Type& to) {
        return converted(reinterpret_cast<const std::byte*>(&value), 1, from, to);
    };
    const auto float_from_half = [&](uint16_t bits) {
        return *reinterpret_cast<const float*>(convert(bits, DType::f16, {DType::f32, {1}, {}}).data());
    };
    EXPECT_EQ(float_from_half(0x3c00), 1.0f);
    EXPECT_EQ(float_from_half(0xc000), -2.0f);
    EXPECT_EQ(float_from_half(0x0001), std::ldexp(1.0f, -24));
    for (uint32_t bits = 0; bits < 0x7c00; ++bits) {  // every finite half there and back
        const float value = float_from_half(static_cast<uint16_t>(bits));
        EXPECT_EQ(*reinterpret_cast<const uint16_t*>(convert(value, DType::f32, {DType::f16, {1}, {}}).data()), bits);
    }
    const Type quantised{DType::i8, {1}, Quant{{0.5f}, {3}, -1}};
    EXPECT_EQ(static_cast<int8_t>(convert(2.3f, DType::f32, quantised)[0]), 8);
    EXPECT_EQ(static_cast<int8_t>(convert(1e6f, DType::f32, quantised)[0]), 127);
    EXPECT_EQ(static_cast<int8_t>(convert(int8_t{-7}, DType::i8, quantised)[0]), -7);
    EXPECT_EQ(message_of([&] {
                  convert(0.5f, DType::f32, {DType::i32, {1}, {}});
              }),
              "element 0 is 0.5, which does not go into i32");
    EXPECT_EQ(message_of([&] {
                  convert(int64_t{300}, DType::i64, {DType::u8, {1}, {}});
              }),
              "element 0 is 300, which does not go into u8");
    EXPECT_NE(message_of([&] { convert(1e300, DType::f64, {DType::f32, {1}, {}}); }), "no error");
}

}  // namespace
}  // namespace tinsmith

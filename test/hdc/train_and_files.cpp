// Training on a separable problem, and the files that classifiers are kept in.
#include "base/error.hpp"
#include "format/npy/npy.hpp"
#include "hdc/model.hpp"
#include "hdc/train.hpp"
#include "temporary.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tinsmith::hdc {
namespace {

// Rays from one point, noisy: no class contains the origin's neighbours of another.
void draw(size_t count, std::vector<std::vector<double>>& features, std::vector<int32_t>& classes) {
    std::mt19937 random(7);
    std::normal_distribution<double> noise(0, 0.4);
    for (size_t i = 0; i < count; ++i) {
        classes.push_back(static_cast<int32_t>(i % 4));
        std::vector<double> row;
        for (size_t f = 0; f < 12; ++f) row.push_back(5 + (f % 4 == i % 4 ? 1.5 : 0) + noise(random));
        features.push_back(row);
    }
}

TEST(HdcTrain, learns_and_repeats) {
    std::vector<std::vector<double>> features;
    std::vector<int32_t> classes;
    draw(400, features, classes);
    const std::vector<std::vector<double>> seen(features.begin(), features.begin() + 200),
        unseen(features.begin() + 200, features.end());
    const Training one = trained(seen, std::span(classes).first(200), {.dimensions = 1000, .seed = 3});
    const Training two = trained(seen, std::span(classes).first(200), {.dimensions = 1000, .seed = 3});
    EXPECT_EQ(one.model.prototypes, two.model.prototypes);
    EXPECT_GE(one.accuracy, one.bundled_accuracy);
    EXPECT_GE(one.accuracy, 0.95);
    size_t right = 0;
    for (size_t i = 0; i < unseen.size(); ++i) right += classify(one.model, unseen[i]) == classes[200 + i];
    EXPECT_GE(right, 190u);
    EXPECT_NE(trained(seen, std::span(classes).first(200), {.dimensions = 1000, .seed = 4}).model.projection,
              one.model.projection);
}

TEST(HdcTrain, classes_that_cannot_be_learnt) {
    const std::vector<std::vector<double>> features{{1, 2}, {3, 4}};
    EXPECT_THROW(trained(features, std::vector<int32_t>{0, 0}, {}), Error);
    EXPECT_THROW(trained(features, std::vector<int32_t>{0, 2}, {}), Error);
    EXPECT_THROW(trained({}, {}, {}), Error);
}

TEST(HdcFiles, what_is_written_is_read_again) {
    const TemporaryFolder folder;
    const Model drawn{3, 40, 2, drawn_projection(9, 3, 40), std::vector<float>(80, 1.0F), {1, 2, 3}, 9};
    write_model(folder.path("a.npz"), drawn);
    const Model a = read_model(folder.path("a.npz"), "projection_matrix", "prototypes").model;
    EXPECT_EQ(a.projection, drawn.projection);
    EXPECT_EQ(a.seed, drawn.seed);
    EXPECT_EQ(a.centre, drawn.centre);
    const Model stored{2, 3, 2, {1, 2, 3, 4, 5, 6}, {1, -1, 1, -1, 1, 1}, {}, {}};
    write_model(folder.path("b.npz"), stored);
    const Model b = read_model(folder.path("b.npz"), "projection_matrix", "prototypes").model;
    EXPECT_EQ(b.projection, stored.projection);
    EXPECT_EQ(b.seed, std::nullopt);
}

std::string refusal(const std::string& path, const std::string& projection, const std::string& prototypes) {
    try {
        read_model(path, projection, prototypes);
    } catch (const Error& e) {
        EXPECT_EQ(e.fault, Fault::input);
        return e.what();
    }
    return "no error";
}

TEST(HdcFiles, tensors_of_pytorch_by_their_keys) {
    const std::string path = TINSMITH_SOURCE_DIR "/fuzz/corpus/torch_reader/every.pth";
    // 'turned' is 6x4, 'base' 4x6: dimensions by features.
    const ReadResult read = read_model(path, "tensors.turned", "tensors.base");
    EXPECT_EQ(read.model.features, 4u);
    EXPECT_EQ(read.model.dimensions, 6u);
    EXPECT_EQ(read.model.projection[1], 1.0F);
    ASSERT_EQ(read.notes.size(), 1u);
    EXPECT_NE(read.notes[0].find("turned"), std::string::npos);
    EXPECT_NE(refusal(path, "projection_matrix", "tensors.base").find("--projection-key"), std::string::npos);
    EXPECT_NE(refusal(path, "tensors.base", "prototypes").find("--prototypes-key"), std::string::npos);
    EXPECT_NE(refusal(path, "tensors.base", "tensors.part").find("3 dimensions"), std::string::npos);
    EXPECT_NE(refusal(path, "tensors.parameter", "tensors.base").find("2 dimensions are expected"), std::string::npos);
}

TEST(HdcFiles, numbers_that_are_none_and_arrays_that_lie) {
    const TemporaryFolder folder;
    const auto written = [&](const std::string& name, std::vector<std::pair<std::string, Array>> arrays) {
        write_npz(folder.path(name), arrays);
        return folder.path(name);
    };
    const auto floats = [](Shape shape, std::vector<float> values) {
        return Array{DType::f32, std::move(shape), Buffer::of(std::move(values))};
    };
    const auto whole = [](uint64_t n) { return Array{DType::u64, {}, Buffer::of(std::vector<uint64_t>{n})}; };
    const float nan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_NE(refusal(written("nan.npz", {{"prototypes", floats({1, 2}, {1, nan})}}), "projection_matrix", "prototypes")
                  .find("not finite"),
              std::string::npos);
    EXPECT_NE(refusal(written("large.npz", {{"prototypes", floats({1, 2}, {1, 1})},
                                            {"projection_seed", whole(1)},
                                            {"feature_count", whole(uint64_t{1} << 60)}}),
                      "projection_matrix", "prototypes")
                  .find("feature_count"),
              std::string::npos);
    EXPECT_NE(
        refusal(written("empty.npz", {{"prototypes", floats({0, 2}, {})}}), "projection_matrix", "prototypes").find("f32[0,2]"),
        std::string::npos);
}

}  // namespace
}  // namespace tinsmith::hdc

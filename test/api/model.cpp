// The library as a program uses it.
#include <tinsmith/model.hpp>

#include "api/convert.hpp"
#include "api/predict.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace {

namespace fs = std::filesystem;

std::string digits() { return std::string(TINSMITH_SOURCE_DIR) + "/examples/digits/digits.onnx"; }

std::vector<float> ramp(size_t count, float step) {
    std::vector<float> out(count);
    for (size_t i = 0; i < count; ++i) out[i] = static_cast<float>(i % 17) * step;
    return out;
}

class ModelApi : public testing::Test {
protected:
    void SetUp() override { fs::create_directories(folder_); }
    void TearDown() override { fs::remove_all(folder_); }
    fs::path folder_ = fs::temp_directory_path() / ("tinsmith_model_" + std::to_string(::getpid()));
};

TEST_F(ModelApi, predicts_real_numbers) {
    const auto model = tinsmith::Model::load(digits());
    ASSERT_EQ(model.inputs().size(), 1U);
    EXPECT_EQ(model.inputs()[0].dtype, "float32");
    const auto count = static_cast<size_t>(model.inputs()[0].elements);
    const std::vector<float> scores = model.predict(ramp(count, 0.05F));
    EXPECT_EQ(std::ssize(scores), model.outputs()[0].elements);
}

TEST_F(ModelApi, a_batch_is_what_its_samples_are) {
    const auto model = tinsmith::Model::load(digits());
    const auto count = static_cast<size_t>(model.inputs()[0].elements);
    std::vector<std::vector<float>> samples;
    for (int i = 0; i < 5; ++i) samples.push_back(ramp(count, 0.01F * static_cast<float>(i)));
    const auto batch = model.predict_batch(samples, 2);
    for (size_t i = 0; i < samples.size(); ++i) EXPECT_EQ(batch[i], model.predict(samples[i]));
}

TEST_F(ModelApi, integer_models_take_and_return_real_numbers) {
    tinsmith::ConvertOptions options;
    options.model = digits();
    options.output = (folder_ / "d.tflite").string();
    options.methods = {tinsmith::Method::int8};
    options.data.path = std::string(TINSMITH_SOURCE_DIR) + "/examples/digits/digits_test.npz";
    convert(options);
    const auto source = tinsmith::Model::load(digits()), integers = tinsmith::Model::load(options.output);
    EXPECT_EQ(integers.inputs()[0].dtype, "int8");
    const auto input = ramp(static_cast<size_t>(source.inputs()[0].elements), 0.05F);
    const std::vector<float> want = source.predict(input), have = integers.predict(input);
    ASSERT_EQ(want.size(), have.size());
    for (size_t i = 0; i < want.size(); ++i) EXPECT_NEAR(have[i], want[i], 0.2F) << i;
}

TEST_F(ModelApi, labels_lie_beside_the_model) {
    fs::copy_file(digits(), folder_ / "d.onnx");
    std::ofstream(folder_ / "d_labels.txt") << "zero\none\n";
    EXPECT_EQ(tinsmith::Model::load((folder_ / "d.onnx").string()).labels(), (std::vector<std::string>{"zero", "one"}));
}

TEST_F(ModelApi, says_what_does_not_fit) {
    const auto model = tinsmith::Model::load(digits());
    EXPECT_THROW(model.predict(std::vector<float>(3)), std::runtime_error);
    EXPECT_THROW(tinsmith::Model::load((folder_ / "absent.tflite").string()), std::runtime_error);
}

TEST(confidences, are_probabilities_or_made_so) {
    const std::vector<double> probabilities{0.25, 0.75};
    EXPECT_EQ(tinsmith::confidences(probabilities, false), probabilities);
    const auto made = tinsmith::confidences(std::vector<double>{0, std::log(3.0)}, false);
    EXPECT_NEAR(made[1], 0.75, 1e-12);
    EXPECT_EQ(tinsmith::confidences(std::vector<double>{0.9, 0.8}, true), (std::vector<double>{0.9, 0.8}));  // sigmoids
    EXPECT_NEAR(tinsmith::confidences(std::vector<double>{0}, false)[0], 0.5, 1e-12);
}

}  // namespace

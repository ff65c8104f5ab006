// validate from end to end on the digits model: what it says when the data are not what the model was made for.
#include "api/validate.hpp"

#include "api/class_names.hpp"
#include "api/convert.hpp"
#include "api/measured_advice.hpp"
#include "base/file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

namespace tinsmith {
namespace {

namespace fs = std::filesystem;

std::string example(const std::string& name) { return std::string(TINSMITH_SOURCE_DIR) + "/examples/digits/" + name; }

class Validate : public testing::Test {
protected:
    void SetUp() override {
        fs::create_directories(folder_);
        ConvertOptions options;
        options.model = example("digits.onnx");
        options.output = path("d.tflite");
        options.methods = {Method::int8};
        options.data.path = example("digits_test.npz");
        convert(options);
    }
    void TearDown() override { fs::remove_all(folder_); }
    std::string path(const std::string& name) const { return folder_ / name; }

    ValidateOptions options() const {
        ValidateOptions out;
        out.model = path("d.tflite");
        out.reference = example("digits.onnx");
        out.data.path = example("digits_test.npz");
        return out;
    }

    // The example's images, every number multiplied.
    std::string scaled(float factor) const {
        const Array images = open_npz(example("digits_test.npz")).read("image");
        std::vector<float> values(images.data.size() / sizeof(float));
        std::memcpy(values.data(), images.data.bytes().data(), images.data.size());
        for (float& value : values) value *= factor;
        write_npy(path("scaled.npy"), {DType::f32, images.shape, Buffer::of(std::move(values))});
        return path("scaled.npy");
    }

    fs::path folder_ = fs::temp_directory_path() / ("tinsmith_validate_" + std::to_string(::getpid()));
};

TEST_F(Validate, a_good_model_passes) {
    const ValidateResult result = validate_model(options());
    EXPECT_TRUE(result.passed);
    EXPECT_GE(result.figures.agreed, 0.99);
    EXPECT_GT(result.figures.agreement.sqnr(), 20);
    EXPECT_TRUE(result.next_steps.empty());
}

TEST_F(Validate, data_of_another_scale_are_recognised) {
    ValidateOptions wrong = options();
    wrong.data.path = scaled(255);
    const ValidateResult result = validate_model(wrong);
    EXPECT_FALSE(result.passed);
    ASSERT_GE(result.next_steps.size(), 2U);
    EXPECT_EQ(result.next_steps[0].kind, "normalization");
    EXPECT_NE(result.next_steps[0].text.find("x / 255"), std::string::npos) << result.next_steps[0].text;
    EXPECT_EQ(result.next_steps[1].kind, "calibration");
    EXPECT_NE(result.next_steps[1].text.find("input image"), std::string::npos) << result.next_steps[1].text;
    EXPECT_EQ(result.disagreeing.size(), result.figures.disagreements.size());
    EXPECT_NE(result.disagreeing[0].find("scaled.npy, sample"), std::string::npos) << result.disagreeing[0];
}

TEST_F(Validate, nothing_is_clipped_on_the_calibration_data) {
    const ValidateOptions how = options();
    const Graph source = read_model(how.reference).graph, model = read_model(how.model).graph;
    const Samples samples(source, how.data);
    const auto expected = session_runner(source, {}), actual = session_runner(model, {});
    for (const Clipping& c : clipping(source, model, samples, Pairing(*expected, *actual)))
        EXPECT_LT(c.share, 0.02) << c.tensor;
}

TEST_F(Validate, the_drop_in_accuracy_judges_when_it_is_stated) {
    ValidateOptions how = options();
    how.max_drop = 0.02;
    EXPECT_THROW(validate_model(how), Error);  // no labels
    how.data.labels_data = example("digits_labels.npy");
    const ValidateResult result = validate_model(how);
    EXPECT_TRUE(result.passed);
    EXPECT_NE(result.rule.find("accuracy drops by"), std::string::npos) << result.rule;
}

TEST_F(Validate, threads_do_not_change_the_result) {
    ValidateOptions how = options();
    const double one = validate_model(how).figures.agreement.sqnr();
    how.threads = 3;
    EXPECT_EQ(validate_model(how).figures.agreement.sqnr(), one);
}

TEST_F(Validate, convert_lists_the_classes_that_it_knows) {
    std::ofstream(path("names.txt")) << "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n";
    ConvertOptions how;
    how.model = example("digits.onnx");
    how.output = folder_.string();
    how.methods = {Method::float32};
    how.data.path = example("digits_test.npz");
    how.data.labels_data = example("digits_labels.npy");
    how.data.labels = path("names.txt");
    EXPECT_EQ(convert(how).labels, path("digits_labels.txt"));
    EXPECT_EQ(class_names(path("digits_float32.tflite"), {}).at(3), "three");
}

TEST(measured_advice, follows_the_figures) {
    Conversion conversion;
    conversion.source_bytes = 4000;
    const auto add = [&](Method method, uint64_t bytes, int64_t same) {
        Variant& v = conversion.variants.emplace_back();
        v.method = method;
        v.bytes = bytes;
        v.agreement.emplace();
        v.agreement->samples = 100;
        v.agreement->outputs.push_back({.name = "y", .same_top1 = same, .ranked = true});
    };
    add(Method::float32, 4000, 100);
    add(Method::dynamic_range, 1000, 80);
    add(Method::float16, 2000, 100);
    add(Method::int8, 900, 99);
    const auto lines = measured_advice(conversion, 0.95);
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_NE(lines[0].find("phones: dynamic_range keeps too little"), std::string::npos) << lines[0];
    EXPECT_NE(lines[0].find("take int8"), std::string::npos) << lines[0];
    EXPECT_NE(lines[1].find("a Raspberry Pi: int8, 4.4 times smaller"), std::string::npos) << lines[1];
}

}  // namespace
}  // namespace tinsmith

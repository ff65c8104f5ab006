// validate, predict, bench, recommend, inspect --delegate, and what convert leaves beside its files.
#include "command.hpp"

namespace {

using namespace tinsmith::testing_command;

TEST_F(Command, validate_against_labels_and_source) {
    tinsmith("convert " + digits() + " --no-verify -o " + path("d.tflite"));
    const std::string line = "validate " + path("d.tflite") + " --reference " + digits() + digits_data() + digits_labels();
    expect_says(tinsmith(line), 0, {"accuracy: source", "precision", "macro", "truth \\ model", "PASS: agreement 100.00 %"});
    expect_says(tinsmith(line + " --json"), 0,
                {"\"original_accuracy\": 0.9", "\"tflite_accuracy\": 0.9", "\"accuracy_degradation\": 0.0",
                 "\"accuracy_preserved\": 1.0", "\"f1_macro\": 0.9", "\"confusion\"", "\"result\": \"PASS\""});
    expect_says(tinsmith("validate " + path("d.tflite") + digits_data() + digits_labels() + " --threshold 0.9"), 0,
                {"PASS: accuracy"});
    expect_says(tinsmith("validate " + path("d.tflite") + digits_data() + digits_labels() + " --threshold 1"), 1,
                {"FAIL: accuracy"});
    expect_says(tinsmith("validate " + path("d.tflite") + digits_data()), 2, {"--labels-data", "--reference"});
    expect_says(tinsmith("validate " + path("d.tflite") + " --reference " + digits() + digits_data() + " --max-drop 0.1"), 2,
                {"--max-drop"});
}

TEST_F(Command, validate_lists_what_disagrees_and_says_what_to_do) {
    tinsmith("convert " + digits() + " --no-verify -o " + path("d.tflite"));
    // Every label is off by one: no sample is right.
    std::string labels;
    for (int i = 0; i < 100; ++i) labels += "77\n";
    const std::string wrong = write("labels.txt", labels);
    const Outcome outcome =
        tinsmith("validate " + path("d.tflite") + digits_data() + " --labels-data " + wrong + " --list --threshold 0.5");
    expect_says(outcome, 1, {"FAIL: accuracy 0.00 %", "label '77'", "What to do", "most often decided otherwise"});
}

TEST_F(Command, validate_says_when_the_normalisation_is_another) {
    tinsmith("convert " + digits() + " --method int8 --normalize 0..1 --no-verify -o " + path("d.tflite") + digits_data());
    const std::string line = "validate " + path("d.tflite") + " --reference " + digits() + digits_data();
    EXPECT_EQ(tinsmith(line + " --normalize 0..1").text.find("contradicts"), std::string::npos);
    expect_says(tinsmith(line + " --normalize raw"), 0,
                {"--normalize raw contradicts the record beside", "d.tflite, which says 0..1"});
}

TEST_F(Command, validate_counts_the_first_k_only_of_more_classes) {
    tinsmith("convert " + digits() + " --no-verify -o " + path("d.tflite"));
    const std::string line = "validate " + path("d.tflite") + " --reference " + digits() + digits_data() + digits_labels();
    EXPECT_EQ(tinsmith(line + " --top 10").text.find("top-10"), std::string::npos);
    expect_says(tinsmith(line + " --top 3"), 0, {"top-3: source"});
}

TEST_F(Command, validate_takes_features_for_numbers) {
    const std::string cut = " --outputs flatten_1.out";
    tinsmith("convert " + digits() + cut + " --no-verify -o " + path("d.tflite"));
    const std::string line = "validate " + path("d.tflite") + " --reference " + digits() + cut + digits_data() + " --json";
    expect_says(tinsmith(line), 0, {"\"task\": \"values\""});
    expect_says(tinsmith(line + digits_labels()), 0, {"\"task\": \"classes\""});
    const std::string names = write("names.txt", "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
    expect_says(tinsmith(line + " --labels " + names), 0, {"\"task\": \"classes\""});
}

TEST_F(Command, validate_takes_logits_for_scores) {
    const std::string cut = " --outputs gemm_1.out";
    tinsmith("convert " + digits() + cut + " --no-verify -o " + path("d.tflite"));
    expect_says(tinsmith("validate " + path("d.tflite") + " --reference " + digits() + cut + digits_data() + " --json"), 0,
                {"\"task\": \"classes\""});
}

TEST_F(Command, predict_names_classes) {
    expect_says(tinsmith("predict " + digits() + digits_data() + " --json"), 0, {"\"index\": ", "\"confidence\": 0."});
    const std::string names = write("names.txt", "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
    const Outcome outcome = tinsmith("predict " + digits() + digits_data() + " --samples 10 --top 2 --labels " + names);
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    EXPECT_TRUE(outcome.text.find("three") != std::string::npos || outcome.text.find("four") != std::string::npos)
        << outcome.text;
    expect_says(tinsmith("predict " + digits()), 2, {"needs an input"});
    expect_says(tinsmith("predict " + digits() + " " + path("absent.npy")), 2, {"absent.npy"});
}

TEST_F(Command, bench_measures) {
    expect_says(tinsmith("bench " + digits() + " --warmup 1 --runs 5 --json"), 0,
                {"\"mean_ms\"", "\"std_ms\"", "\"min_ms\"", "\"max_ms\"", "\"median_ms\"", "\"p95_ms\"", "\"throughput_fps\"",
                 "\"batched\"", "\"runs\": 5"});
    expect_says(tinsmith("bench " + digits() + " --runtime litert"), 2, {"no .tflite file"});
    tinsmith("convert " + digits() + " --no-verify -o " + path("d.tflite"));
    expect_says(tinsmith("bench " + path("d.tflite") + " --runtime litert --litert " + path("nowhere")), 2,
                {"nowhere", "pip install ai-edge-litert", "TINSMITH_LITERT"});
    const std::string other = write("libother.so", "not a library");
    expect_says(tinsmith("bench " + path("d.tflite") + " --runtime litert --litert " + other), 2,
                {"cannot be opened", "pip install"});
}

TEST_F(Command, recommend_gives_a_method_and_a_reason) {
    expect_says(tinsmith("recommend --target mobile --accuracy 99.5 --json"), 0, {"\"method\": \"float16\"", "\"reason\""});
    expect_says(tinsmith("recommend m.onnx --target microcontroller"), 0, {"int8", "tinsmith convert m.onnx --method int8"});
    expect_says(tinsmith("recommend --target toaster"), 2, {"toaster", "raspberry-pi"});
}

TEST_F(Command, inspect_says_what_a_delegate_takes) {
    tinsmith("convert " + digits() + " --no-verify -o " + path("d.tflite"));
    expect_says(tinsmith("inspect " + path("d.tflite") + " --delegate xnnpack"), 0,
                {"why not", "in 1 of 1 part", "table: LiteRT's"});
    expect_says(tinsmith("inspect " + path("d.tflite") + " --delegate edgetpu"), 0, {"not on floats", "takes 0 of"});
    expect_says(tinsmith("inspect " + path("d.tflite") + " --delegate gpu --json"), 0,
                {"\"delegated_parts\": 1", "\"source\""});
    expect_says(tinsmith("inspect " + digits() + " --delegate gpu"), 2, {"convert"});
}

TEST_F(Command, each_output_has_its_record) {
    tinsmith("convert " + digits() + " -o " + path("d.tflite"));
    const std::string record = read("d.json");
    for (const char* key : {"\"tinsmith\"", "\"sha256\"", "\"source\"", "\"method\": \"float32\"", "\"results\"", "\"data\""})
        EXPECT_NE(record.find(key), std::string::npos) << key << " in " << record;
}

TEST_F(Command, a_different_result_is_replaced_only_with_force) {
    const std::string line = "convert " + digits() + " --no-verify -o " + path("d.tflite");
    expect_says(tinsmith(line), 0, {});
    expect_says(tinsmith(line), 0, {});  // the same again
    const std::string before = read("d.tflite");
    expect_says(tinsmith(line + " --method float16"), 2, {"d.tflite", "--force"});
    EXPECT_EQ(read("d.tflite"), before);
    expect_says(tinsmith(line + " --method float16 --force"), 0, {});
    EXPECT_NE(read("d.tflite"), before);
    write("e.json", "{\"mine\": 1}");
    expect_says(tinsmith("convert " + digits() + " --no-verify -o " + path("e.tflite")), 2,
                {"e.json", "not the record of a conversion", "--force"});
    EXPECT_FALSE(fs::exists(path("e.tflite")));
}

TEST_F(Command, convert_compares_its_variants) {
    expect_says(tinsmith("convert " + digits() + digits_data() + " -o " + folder_.string()), 0,
                {"smaller than source", "than 4 bytes a parameter", "agreement", "ms here", "phones: dynamic_range"});
}

}  // namespace

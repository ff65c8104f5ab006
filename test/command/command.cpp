// The command as its users meet it: exit codes, messages, files.
#include "command.hpp"

namespace {

using namespace tinsmith::testing_command;

TEST_F(Command, help_has_examples_on_every_verb) {
    for (const char* verb :
         {"convert", "inspect", "run", "compare", "validate", "predict", "bench", "recommend", "operators", "completion"})
        expect_says(tinsmith(std::string(verb) + " --help"), 0, {"Examples:", "tinsmith " + std::string(verb)});
}

TEST_F(Command, clumsy_lines_are_answered) {
    expect_says(tinsmith("cnvert x.onnx"), 2, {"no verb 'cnvert'", "'convert'"});
    expect_says(tinsmith(""), 2, {"convert, export", "--help"});
    expect_says(tinsmith("--verison"), 2, {"'--verison'", "tinsmith VERB"});
    for (const char* line : {"help convert", "-h convert", "--help convert", "convert --help"})
        expect_says(tinsmith(line), 0, {"Usage: tinsmith convert"});
    expect_says(tinsmith("help"), 0, {"Usage: tinsmith"});
    expect_says(tinsmith("help cnvert"), 2, {"no verb 'cnvert'"});
    expect_says(tinsmith("run " + digits() + " x.npy"), 2, {"x.npy", "--data"});
    expect_says(tinsmith("inspect " + digits() + " --model " + digits()), 2, {"--model", "MODEL"});
    expect_says(tinsmith("convert " + digits() + " --mehtod int8"), 2, {"no option '--mehtod'", "'--method'"});
    expect_says(tinsmith("convert " + digits() + " --sampels 3"), 2, {"'--samples'"});
    expect_says(tinsmith("inspect " + digits() + " another.onnx"), 2, {"not expected: another.onnx"});
    expect_says(tinsmith("convert"), 2, {"MODEL"});
    expect_says(tinsmith("convert " + path("absent.onnx")), 2, {"absent.onnx", "No such file"});
    expect_says(tinsmith("convert " + digits() + " --method float31"), 2, {"float31", "float32"});
    expect_says(tinsmith("convert " + digits() + " --shape 1x3"), 2, {"--shape", "name=1x3x224x224"});
    expect_says(tinsmith("convert " + digits() + " --outputs nonsense -o " + path("x.tflite")), 2, {"nonsense"});
    expect_says(tinsmith("convert " + digits() + " --dump-after fold_batchnorm -o " + path("x.tflite")), 2,
                {"'fold_batch_norm'"});
    EXPECT_FALSE(fs::exists(path("x.tflite")));
}

// What would silently not happen is refused.
TEST_F(Command, contradictory_options_are_refused) {
    const std::string line = "convert " + digits() + " -o " + path("x.tflite");
    expect_says(tinsmith(line + " --no-verify --verify steps"), 2, {"--verify", "--no-verify"});
    expect_says(tinsmith(line + " --method float32 --save-ranges " + path("r.json")), 2, {"--save-ranges", "float32", "int8"});
    expect_says(tinsmith(line + " --method dynamic_range --io int8"), 2, {"--io", "dynamic_range"});
    expect_says(tinsmith(line + " --signature serving"), 2, {"--signature 'serving'", "digits.onnx"});
    for (const char* name : {"x.keras", "x.h5", "x.onnx", "x.pb"})
        expect_says(tinsmith("convert " + digits() + " -o " + path(name)), 2, {name, ".tflite", "folder"});
    EXPECT_TRUE(fs::is_empty(folder_));
    expect_says(tinsmith(line + " --method float32 --io float32"), 0, {});
}

TEST_F(Command, names_that_are_no_utf8_are_printed) {
    const std::string model = path("d\xff.onnx");
    fs::copy_file(digits(), model);
    expect_says(tinsmith("convert '" + model + "' --json -o " + path("d.tflite")), 0, {"\xef\xbf\xbd"});
    EXPECT_NE(read("d.json").find("\xef\xbf\xbd"), std::string::npos);
}

// What bash offers when the last word of the line is being written.
std::string completed(const std::string& words) {
    const std::string script = "source <(" + std::string(TINSMITH_COMMAND) + " completion bash); COMP_WORDS=(tinsmith " +
                               words + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tinsmith; echo \"${COMPREPLY[*]}\"";
    FILE* pipe = ::popen(("bash -c '" + script + "'").c_str(), "r");
    std::string text;
    std::array<char, 4096> part{};
    for (size_t n; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;) text.append(part.data(), n);
    ::pclose(pipe);
    return text;
}

TEST_F(Command, completion_knows_the_values_of_options) {
    EXPECT_EQ(completed("convert m.onnx --method fl"), "float32 float16\n");
    EXPECT_EQ(completed("convert m.onnx --method = in"), "int8 int16x8\n");  // bash takes --method=in apart
    EXPECT_EQ(completed("convert m.onnx --data-layout \"\""), "nhwc nchw\n");
    EXPECT_EQ(completed("bench m.onnx --runtime \"\""), "tinsmith litert all\n");
    EXPECT_EQ(completed("run m.onnx --delegate x"), "xnnpack\n");
    EXPECT_EQ(completed("run m.onnx --normalize i"), "imagenet\n");
    EXPECT_EQ(completed("completion z"), "zsh\n");
    EXPECT_EQ(completed("convert --keep-n"), "--keep-nchw\n");
    expect_says(tinsmith("completion fish"), 0, {"-l method -r -a 'float32 float16"});
}

TEST_F(Command, files_that_are_no_models_are_named) {
    expect_says(tinsmith("convert " + write("text.onnx", "this is not a model\n")), 2, {"text.onnx"});
    expect_says(tinsmith("inspect " + write("zeros.tflite", std::string(1000, '\0'))), 2, {"zeros.tflite"});
    expect_says(tinsmith("inspect " + write("empty.onnx", "")), 2, {"empty.onnx", "empty"});
    expect_says(tinsmith("inspect " + folder_.string()), 2, {"folder", "it holds", "text.onnx"});
    expect_says(tinsmith("convert " + write("net.pth", "weights")), 2, {"net.pth", "torch.export.save"});
}

TEST_F(Command, convert_writes_one_proven_file) {
    Outcome outcome = tinsmith("convert " + digits() + " -o " + path("d.tflite"));
    expect_says(outcome, 0, {"float32", "max error", "channels-last"});
    EXPECT_TRUE(fs::exists(path("d.tflite")));
    expect_says(tinsmith("compare " + digits() + " " + path("d.tflite") + " --samples 5"), 0, {"PASS"});
    expect_says(tinsmith("inspect " + path("d.tflite") + " --json"), 0,
                {"\"model_size_bytes\"", "\"model_size_kb\"", "\"input_shape\"", "\"input_dtype\": \"float32\""});
}

TEST_F(Command, convert_writes_all_variants_by_name) {
    expect_says(tinsmith("convert " + digits() + " -o " + folder_.string()), 0, {"float16", "dynamic_range"});
    for (const char* name : {"digits_float32.tflite", "digits_float16.tflite", "digits_dynamic_range.tflite"})
        EXPECT_TRUE(fs::exists(path(name))) << name;
}

TEST_F(Command, the_same_input_gives_the_same_bytes) {
    auto content = [&](const std::string& name) {
        std::ifstream in(path(name), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    };
    tinsmith("convert " + digits() + " --no-verify -o " + path("a.tflite"));
    tinsmith("convert " + digits() + " --no-verify -o " + path("b.tflite"));
    EXPECT_FALSE(content("a.tflite").empty());
    EXPECT_EQ(content("a.tflite"), content("b.tflite"));
}

TEST_F(Command, run_writes_outputs_by_name) {
    expect_says(tinsmith("run " + digits() + " --samples 3 --json -o " + path("y.npz")), 0, {"\"samples\": 3"});
    EXPECT_TRUE(fs::exists(path("y.npz")));
}

TEST_F(Command, the_page_of_operators_is_what_the_code_says) {
    std::ifstream page(std::string(TINSMITH_SOURCE_DIR) + "/docs/operators.md");
    std::string text(std::istreambuf_iterator<char>(page), {});
    EXPECT_EQ(tinsmith("operators").text, text) << "write it anew: tinsmith operators > docs/operators.md";
}

TEST_F(Command, a_cut_is_named_and_a_mistyped_name_is_answered) {
    expect_says(tinsmith("convert " + digits() + " --outputs logits=gemm_1 -o " + path("c.tflite")), 0, {"max error"});
    expect_says(tinsmith("inspect " + path("c.tflite") + " --json"), 0, {"\"logits\""});
    expect_says(tinsmith("convert " + digits() + " --outputs gemn_1 -o " + path("d.tflite")), 2, {"gemn_1", "'gemm_1'"});
}

TEST_F(Command, colours_are_off_where_nobody_looks) {
    EXPECT_EQ(tinsmith("inspect " + digits()).text.find('\033'), std::string::npos);
}

}  // namespace

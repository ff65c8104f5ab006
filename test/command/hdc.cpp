// inspect of checkpoints, and hdc, as people meet them.
#include "command.hpp"

namespace {

using namespace tinsmith::testing_command;

std::string seed(const std::string& name) { return std::string(TINSMITH_SOURCE_DIR) + "/fuzz/corpus/torch_reader/" + name; }

TEST_F(Command, inspect_lists_the_tensors_of_a_checkpoint) {
    expect_says(tinsmith("inspect " + seed("every.pth")), 0,
                {"state.0.weight", "2x3", "bfloat16", "plain.epoch", "31 tensors, 177 parameters"});
    expect_says(tinsmith("inspect " + seed("every.safetensors") + " --json"), 0,
                {"\"name\": \"uint64\"", "\"bytes\": 48", "\"parameters\": 78"});
    expect_says(tinsmith("inspect " + seed("every_old.pth") + " --save " + path("t.npz")), 0, {"before 1.6"});
    EXPECT_TRUE(fs::exists(path("t.npz")));
    expect_says(tinsmith("inspect " + digits() + " --save " + path("d.npz")), 2, {"--save"});
    expect_says(tinsmith("inspect " + seed("attack.pth")), 2,
                {"attack.pth", "data.pkl", "'posix.system' is refused", "do not open it"});
}

TEST_F(Command, convert_of_tensors_says_how_to_get_a_graph) {
    expect_says(tinsmith("convert " + seed("every.pth")), 2,
                {"31 tensors and no graph", "load_state_dict", "torch.export.save"});
    expect_says(tinsmith("convert " + seed("script.pt")), 2, {"TorchScript", "torch.jit.load", "torch.export.save"});
    expect_says(tinsmith("convert " + seed("module.pth")), 2, {"'__main__.Module'", "torch.export.save"});
}

TEST_F(Command, hdc_writes_headers_and_a_classifier) {
    const std::string keys = " --projection-key tensors.turned --prototypes-key tensors.base";
    expect_says(tinsmith("hdc " + seed("every.pth") + keys + " -o " + path("out")), 0,
                {"4 features, 6 dimensions, 4 classes", "--zero-point", "embhd_classifier.c"});
    for (const std::string name :
         {"embhd_projection.h", "embhd_prototypes.h", "embhd_classifier.h", "embhd_classifier.c", "hdc_report.md"})
        EXPECT_TRUE(fs::exists(path("out/" + name))) << name;
    EXPECT_NE(read("out/hdc_report.md").find("| HDC projection matrix | 0.1 KB |"), std::string::npos)
        << read("out/hdc_report.md");
    expect_says(tinsmith("hdc " + seed("every.pth") + keys + " -o " + path("two") + " --zero-point 3 --format header --json"),
                0, {"\"feature_zero_point\": 3", "\"dimensions\": 6"});
    EXPECT_FALSE(fs::exists(path("two/embhd_classifier.c")));
    fs::create_directories(path("mine"));
    write("mine/embhd_projection.h", "my own");
    expect_says(tinsmith("hdc " + seed("every.pth") + keys + " -o " + path("mine")), 2, {"holds something else", "--force"});
}

TEST_F(Command, hdc_errors_name_the_way_out) {
    expect_says(tinsmith("hdc -o " + path("out")), 2, {"--train"});
    expect_says(tinsmith("hdc " + seed("every.pth")), 2, {"-o"});
    expect_says(tinsmith("hdc " + seed("every.pth") + " -o " + path("out")), 2,
                {"every.pth", "'prototypes'", "--prototypes-key"});
    expect_says(tinsmith("hdc --train -o " + path("out")), 2, {"--model", "--data"});
    expect_says(tinsmith("hdc " + seed("attack.pth") + " -o " + path("out")), 2, {"'posix.system' is refused"});
    const std::string keys = " --projection-key tensors.turned --prototypes-key tensors.base";
    expect_says(tinsmith("hdc " + seed("every.pth") + keys + " -o " + path("out") + " --model " + digits()), 2,
                {"4 features", "has 10"});
    EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(Command, hdc_chains_the_feature_extractor) {
    tinsmith("convert " + digits() + " --method int8 --no-verify" + digits_data() + " -o " + path("d.tflite"));
    tinsmith("hdc --train --dimensions 64 --model " + path("d.tflite") + digits_data() + digits_labels() + " -o " +
             path("one"));
    const std::string line = "hdc " + path("one/hdc.npz") + " --model " + path("d.tflite") + " --format c -o ";
    expect_says(tinsmith(line + path("two")), 0, {"embhd_features.c", "embhd_pipeline.c", "feature extractor as C: arena"});
    EXPECT_NE(read("two/embhd_pipeline.h").find("embhd_classify_image"), std::string::npos);
    EXPECT_NE(read("two/hdc_report.md").find("| Model Size Reduction |"), std::string::npos);
    expect_says(tinsmith(line + path("three") + " --max-ram 100"), 4, {"arena takes", "100 of --max-ram"});
    EXPECT_FALSE(fs::exists(path("three")));
    const std::string fit = "fit " + path("d.tflite") + " --target generic-cortex-m4 ";
    expect_says(tinsmith(fit + "--hdc " + path("one/hdc.npz") + " --max-latency features=10s,hdc=10s,total=20s --min-ratio 1x"),
                0, {"features latency", "hdc latency", "size ratio", "it fits"});
    expect_says(tinsmith(fit + "--hdc " + path("one/hdc.npz") + " --min-ratio 50"), 4, {"short by"});
    expect_says(tinsmith(fit + "--max-latency hdc=3ms"), 2, {"--hdc"});
    expect_says(tinsmith(fit + "--hdc " + path("one/hdc.npz") + " --max-latency idle=3ms"), 2,
                {"'idle'", "features, hdc and total"});
    expect_says(tinsmith(fit + "--min-ratio 3x"), 2, {"--hdc"});
}

TEST_F(Command, plan_for_a_board) {
    expect_says(tinsmith("plan " + digits() + " --target esp32-s3-eye"), 0, {"sram: ", "psram: 0 bytes"});
    expect_says(tinsmith("plan " + digits() + " --target esp32-s4"), 2, {"no target 'esp32-s4'", "esp32-s3"});
    expect_says(tinsmith("plan " + digits() + " --target c"), 0, {"Recommended tensor arena"});
    expect_says(tinsmith("plan " + digits() + " --windows pixels"), 0, {"planned: "});
    expect_says(tinsmith("plan " + digits() + " --windows sideways"), 2, {"--windows", "pixels"});
    expect_says(tinsmith("plan " + digits() + " --target esp32 --memory sram=1K"), 2, {"--memory"});
}

TEST_F(Command, hdc_trains_on_the_outputs_of_a_model) {
    tinsmith("convert " + digits() + " --method int8 --no-verify" + digits_data() + " -o " + path("d.tflite"));
    const std::string line =
        "hdc --train --dimensions 512 --seed 2 --model " + path("d.tflite") + digits_data() + digits_labels() + " -o ";
    expect_says(tinsmith(line + path("one")), 0, {"trained: ", "from its seed", "HDC classifier", "hdc.npz"});
    tinsmith(line + path("two"));
    EXPECT_EQ(read("one/embhd_prototypes.h"), read("two/embhd_prototypes.h"));
    expect_says(tinsmith("hdc " + path("one/hdc.npz") + " -o " + path("three") + " --model " + path("d.tflite") + " --bits 1" +
                         digits_data() + digits_labels() + " --json"),
                0, {"\"agreement\": 1.0", "\"projection_seed\": 2"});
}

}  // namespace

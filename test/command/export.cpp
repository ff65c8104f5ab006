// tinsmith export: the C that it writes is compiled without a warning and computes what the host computes, bit by bit.
#include "command.hpp"

namespace tinsmith::testing_command {

namespace {

class Export : public Command {
protected:
    // Compiles everything in `folder` with a program that runs the self-test of `name`, which must find equal bits.
    Outcome self_test(const std::string& folder, const std::string& name, const std::string& before = "") const {
        std::string upper = name;
        for (char& c : upper) c = static_cast<char>(std::toupper(c));
        std::ofstream(folder_ / folder / "main.c") << "#include \"" << name << "_quantize.h\"\nint main(void) {" << before
                                                   << "return " << name << "_self_test(&" << name << "_memory); }\n";
        const std::string program = path(folder) + "/program";
        const std::string line = "cc -std=c99 -O2 -Wall -Wextra -Wconversion -Werror -ffp-contract=off -D" + upper +
                                 "_TOLERANCE=0.0f " + path(folder) + "/*.c -o " + program + " -lm 2>&1 && " + program;
        FILE* pipe = ::popen(line.c_str(), "r");
        Outcome out;
        std::array<char, 4096> part{};
        for (size_t n; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;) out.text.append(part.data(), n);
        const int status = ::pclose(pipe);
        out.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return out;
    }
};

TEST_F(Export, FloatsAsOnTheHost) {
    expect_says(tinsmith("export " + digits() + " --format c -o " + path("out")), 0, {"digits.c", "arena"});
    expect_says(self_test("out", "digits"), 0, {});
}

TEST_F(Export, IntegersAsOnTheHost) {
    expect_says(tinsmith("export " + digits() + " --method int8 -o " + path("out") + " --name eight" + digits_data()), 0,
                {"eight.h", "int8"});
    expect_says(self_test("out", "eight"), 0, {});
    const std::string rounding =
        "for (int eighths = -1201; eighths < 1201; eighths += 2) {"
        "  const float real = (float)eighths / 8.0f * EIGHT_INPUT_SCALE;"
        "  int stored = (eighths + (eighths < 0 ? -4 : 4)) / 8 + EIGHT_INPUT_ZERO_POINT;"
        "  stored = stored < -128 ? -128 : stored > 127 ? 127 : stored;"
        "  if (eight_quantize_input(real) != stored) return 99;"
        "}";
    expect_says(self_test("out", "eight", rounding), 0, {});
    EXPECT_EQ(read("out/eight_kernels.h").find("float"), std::string::npos) << "integers need no floats";
}

TEST_F(Export, SameModelSameBytes) {
    for (const std::string folder : {"a", "b"}) expect_says(tinsmith("export " + digits() + " -o " + path(folder)), 0, {});
    for (const std::string file : {"digits.c", "digits.h", "digits_weights.h", "digits_kernels.h", "digits_self_test.c"})
        EXPECT_EQ(read("a/" + file), read("b/" + file)) << file;
}

TEST_F(Export, OddFileNamesBecomeIdentifiers) {
    for (const auto& [file, name] :
         std::vector<std::pair<std::string, std::string>>{{"int.onnx", "model_int"},
                                                          {"3 cats & dogs.onnx", "model_3_cats_dogs"},
                                                          {"--.onnx", "model"},
                                                          {"int8.onnx", "model_int8"}}) {
        fs::copy_file(digits(), folder_ / file);
        const std::string folder = "out_" + name;
        expect_says(tinsmith("export --format c -o " + path(folder) + " '" + path(file) + "'"), 0, {name + ".c"});
        expect_says(self_test(folder, name), 0, {});
    }
}

TEST_F(Export, SeveralModelsInOneFirmware) {
    const std::string both = " --variant tiny_one=" + digits() + " --variant large=" + digits();
    expect_says(tinsmith("export" + both + " -o " + path("out") + " --name app"), 0, {"app.c", "tiny_one", "large"});
    const std::string switching =
        "if (load_app_variant(APP_LARGE) != 0 || app_self_test(&app_memory) != 0) return 50;"
        "if (load_app_variant(APP_TINY_ONE) != 0) return 51;";
    expect_says(self_test("out", "app", switching), 0, {});
    const std::string same = " --variant a=" + digits() + " --variant A=" + digits();
    expect_says(tinsmith("export" + same + " -o " + path("two")), 2, {"--variant 'A'", "MODEL_A"});
    expect_says(tinsmith("export --variant 'tiny one=" + digits() + "' -o " + path("two")), 2, {"'tiny_one' would do"});
    expect_says(tinsmith("export --format tflm" + same + " -o " + path("two")), 2, {"'A'"});
    expect_says(tinsmith("export --variant digits -o " + path("two")), 2, {"'digits'", "name=model"});
    EXPECT_FALSE(fs::exists(folder_ / "two"));
}

TEST_F(Export, TfliteMicroInAPackage) {
    const Outcome said =
        tinsmith("export " + digits() + " --format tflm --package arduino --name eye_extractor -o " + path("out"));
    expect_says(said, 0, {"src/eye_extractor.cpp", "library.properties", "examples/eye_extractor/eye_extractor.ino", "arena"});
    EXPECT_NE(read("out/src/eye_extractor.h").find("tflite_extract_eyes("), std::string::npos);
    EXPECT_NE(read("out/src/eye_extractor.cpp").find("AddFullyConnected"), std::string::npos);
}

TEST_F(Export, BundleForABoard) {
    expect_says(tinsmith("export " + digits() + " --target pico -o " + path("out") + digits_data()), 0,
                {"int8", "digits_model.tflite", "model_metadata.json", "model_memory.h", "size_report.md", "README.md"});
    expect_says(self_test("out", "digits"), 0, {});
}

TEST_F(Export, LeavesFilesOfOthersAlone) {
    fs::create_directories(path("out"));
    write("out/README.md", "# My project\n");
    const std::string line = "export " + digits() + " --target pico -o " + path("out") + digits_data();
    expect_says(tinsmith(line), 2, {"README.md", "--force"});
    EXPECT_EQ(read("out/README.md"), "# My project\n");
    EXPECT_FALSE(fs::exists(path("out/digits.c")));
    expect_says(tinsmith(line + " --force"), 0, {});
    expect_says(tinsmith(line), 0, {});
}

TEST_F(Export, RefusesWhatCannotBe) {
    expect_says(tinsmith("export " + digits() + " --name while -o " + path("out")), 2, {"--name 'while'", "model_while"});
    expect_says(tinsmith("export " + digits() + " --format d -o " + path("out")), 2, {"--format 'd'", "c"});
    expect_says(tinsmith("export " + digits() + " --max-ram 100 -o " + path("out")), 4,
                {"arena takes", "the 100 of --max-ram"});
    expect_says(tinsmith("export " + digits() + " --package x -o " + path("out")), 2, {"--package 'x'", "esp-idf"});
    expect_says(tinsmith("export " + digits() + " --target picco -o " + path("out")), 2, {"'picco'", "pico"});
    expect_says(tinsmith("export " + digits() + " --format header --package arduino -o " + path("out")), 2, {"no sources"});
    expect_says(tinsmith("export -o " + path("out")), 2, {"MODEL"});
    EXPECT_FALSE(fs::exists(folder_ / "out")) << "a failed export leaves nothing";
}

}  // namespace

}  // namespace tinsmith::testing_command

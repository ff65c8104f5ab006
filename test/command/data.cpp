// --data as its users meet it: what is read, what is refused with file and line, and that nothing is written then.
#include "command.hpp"

namespace tinsmith::testing_command {
namespace {

class Data : public Command {
protected:
    Outcome convert(const std::string& options) {
        return tinsmith("convert " + digits() + " " + options + " -o " + path("out") + "/");
    }
    static std::string image(const std::string& name) { return std::string(TINSMITH_SOURCE_DIR) + "/test/data/images/" + name; }
    void put(const std::string& name, const std::string& from) {
        fs::create_directories(fs::path(path(name)).parent_path());
        fs::copy_file(image(from), path(name));
    }
    bool nothing_written() const { return !fs::exists(path("out")) || fs::is_empty(path("out")); }
    // A row of 64 numbers, the last cell as given.
    static std::string row(int seed, const std::string& last) {
        std::string out;
        for (int i = 0; i < 63; ++i) out += std::to_string((i * 7 + seed * 13) % 17) + ",";
        return out + last + "\n";
    }
};

TEST_F(Data, a_table_of_features) {
    std::string table;
    for (int i = 0; i < 120; ++i) table += row(i, "0.5," + std::to_string(i % 10));
    write("good.csv", table);
    expect_says(tinsmith("run " + digits() + " --data " + path("good.csv") + " --samples 30 --json"), 0,
                {"\"samples\": 30", "column 65 is one more than input 'image' takes"});
    expect_says(convert("--data " + write("bad.csv", table + row(3, "half,1"))), 2,
                {"bad.csv:121: column 64 is 'half', which is no finite number"});
    EXPECT_TRUE(nothing_written());
    expect_says(convert("--data " + write("short.csv", row(1, "1") + row(2, "1,2,3"))), 2,
                {"short.csv:2: 66 columns, the rows before have 64"});
    EXPECT_TRUE(nothing_written());
}

TEST_F(Data, a_folder_of_images) {
    put("set/one/a.png", "rgb.png"), put("set/one/b.jpg", "rgb.jpg"), put("set/two/c.bmp", "rgb.bmp"),
        put("set/two/d.png", "palette.png");
    expect_says(convert("--data " + path("set")), 0,
                {"pixels become 0..1", "4 samples are few", "'image' is from 0 to 1 by its preprocessing"});
    expect_says(tinsmith("run " + path("out/digits_int8.tflite") + " --data " + path("set/one/a.png") + " --normalize -1..1"),
                0, {"i8[1,10]"});
    fs::remove_all(path("out"));
    std::ofstream(path("set/two/e.png"), std::ios::binary) << "\x89PNG\r\n\x1a\n and no more";
    expect_says(convert("--data " + path("set")), 2, {"set/two/e.png: input 'image': the image is"});
    EXPECT_TRUE(nothing_written());
    fs::create_directories(path("bare/sub"));
    expect_says(convert("--data " + path("bare")), 2, {"bare: there are no samples: images"});
    EXPECT_TRUE(nothing_written());
}

TEST_F(Data, what_cannot_be_right_is_refused_before_anything_is_written) {
    write("same.csv", row(1, "1") + row(1, "1"));
    expect_says(convert("--method int8 --data " + path("same.csv")), 2, {"same.csv: all 2 samples are equal"});
    EXPECT_TRUE(nothing_written());
    write("names.txt", "a\nb\n");
    write("named.csv", row(1, "1,a") + row(2, "1,c"));
    expect_says(convert("--data " + path("named.csv") + " --labels " + path("names.txt")), 2,
                {"named.csv:2: the class 'c' is not among the names; the nearest are 'a', 'b'"});
    expect_says(tinsmith("convert " + digits() + " --method float32 --no-verify --data " + path("same.csv") + " --labels " +
                         path("names.txt") + " -o " + path("named.tflite")),
                0, {"there are 2 names of classes, and output 'probabilities' has 10 numbers"});
    write("y.txt", "1\n");
    expect_says(convert("--data " + path("same.csv") + " --labels-data " + path("y.txt")), 2,
                {"y.txt: 1 labels for 2 samples"});
    expect_says(convert("--data " + path("same.csv") + " --normalize 0-1"), 2,
                {"--normalize '0-1': expected 0..1, -1..1, imagenet"});
    expect_says(convert("--fold-normalize"), 2, {"--fold-normalize needs --normalize"});
    expect_says(tinsmith("validate " + digits() + " --threshold 95"), 2, {"'95' is no share from 0 to 1; 95 % is 0.95"});
    expect_says(convert("--samples many"), 2, {"--samples: Value many not in range 1 to 1000000000"});
    EXPECT_TRUE(nothing_written());
}

TEST_F(Data, samples_that_give_no_ranges_leave_out_the_integers) {
    put("one.png", "rgb.png");
    expect_says(convert("--data " + path("one.png")), 0,
                {"digits_float32.tflite", "not written", "int8: " + path("one.png") + ": there is 1 sample: at least 2"});
    EXPECT_TRUE(fs::exists(path("out/digits_dynamic_range.tflite")));
    EXPECT_FALSE(fs::exists(path("out/digits_int8.tflite")));
    fs::remove_all(path("out"));
    expect_says(convert("--method int8 --data " + path("one.png")), 2, {"there is 1 sample: at least 2"});
    EXPECT_TRUE(nothing_written());
}

TEST_F(Data, a_path_that_leads_nowhere_shows_what_lies_near) {
    write("samples.csv", row(1, "1") + row(2, "2"));
    expect_says(convert("--data " + path("sample.csv")), 2,
                {"cannot open '" + path("sample.csv") + "': No such file or directory; there is 'samples.csv'"});
    expect_says(convert("--data " + path("none/of/it")), 2, {"there is no folder '" + path("none/of") + "'"});
    expect_says(convert("--data " + path("samples.csv") + " --labels-data " + path("label.npy")), 2,
                {"cannot open '" + path("label.npy")});
    expect_says(tinsmith("convert " + digits() + " --method float32 -o " + path("a/b.tflite")), 2,
                {"there is no folder '" + path("a") + "'"});
    EXPECT_TRUE(nothing_written());
}

TEST_F(Data, the_normalisation_in_the_model_changes_nothing) {
    for (const char* name : {"a.png", "b.png"}) put(std::string("set/") + name, name[0] == 'a' ? "rgb.png" : "palette.png");
    const std::string how = "--data " + path("set") + " --normalize mean=0.4,std=0.3";
    expect_says(tinsmith("convert " + digits() + " " + how + " --fold-normalize -o " + path("raw.tflite")), 0, {"raw.tflite"});
    expect_says(tinsmith("compare " + digits() + " " + path("raw.tflite") + " --data " + path("set")), 0, {"PASS"});
    EXPECT_NE(read("raw.json").find("\"folded_normalize\": \"mean=0.4,std=0.3\""), std::string::npos);
    const std::string validate = "validate " + path("raw.tflite") + " --reference " + digits() + " --data " + path("set");
    const Outcome outcome = tinsmith(validate + " --normalize raw");
    EXPECT_EQ(outcome.code, 0) << outcome.text;
    EXPECT_EQ(outcome.text.find("contradicts"), std::string::npos) << outcome.text;
    expect_says(tinsmith(validate + " --normalize 0..1"), 0, {"--normalize 0..1 contradicts"});
    expect_says(tinsmith("run " + digits() + " " + how + " -o " + path("y.npz")), 0, {});
    expect_says(tinsmith("compare " + path("raw.tflite") + " --data " + path("set") + " --expected " + path("y.npz")), 0,
                {"PASS"});
}

TEST_F(Data, ranges_unlike_an_earlier_runs_are_told) {
    std::string small, large;
    for (int i = 0; i < 110; ++i) small += row(i, "0.5"), large += row(i, "900");
    write("small.csv", small), write("large.csv", large);
    expect_says(convert("--method int8 --data " + path("small.csv")), 0, {});
    expect_says(convert("--method int8 --force --data " + path("large.csv")), 0,
                {"input 'image' goes from 0 to 900, in the earlier run from 0 to 16: is --normalize the same?"});
}

}  // namespace
}  // namespace tinsmith::testing_command

// The C that is written: compiled without a warning by gcc and clang, and equal to the host's form, bit by bit.
#include "backend/hdc/hdc.hpp"
#include "temporary.hpp"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

namespace tinsmith::hdc {
namespace {

constexpr const char* driver = R"(#include "embhd_projection.h"
#include "embhd_prototypes.h"
#include "embhd_classifier.h"
#include "embhd_labels.h"
#include <stdio.h>
int main(void) {
    int8_t features[EMBHD_FEATURE_DIM];
    int32_t scores[EMBHD_NUM_CLASSES];
    embhd_init();
    while (fread(features, 1, sizeof features, stdin) == sizeof features) {
        const embhd_result_t result = embhd_classify(features);
        embhd_scores(features, scores);
        printf("%d %d", (int)result.class_index, (int)result.similarity);
        for (int c = 0; c < EMBHD_NUM_CLASSES; ++c) printf(" %d", (int)scores[c]);
        printf("\n");
    }
    return embhd_labels[0][0] == 0 || EMBHD_FEATURE_SCALE <= 0;
}
)";

std::string ran(const std::string& line) {
    FILE* pipe = ::popen((line + " 2>&1").c_str(), "r");
    std::string out;
    std::array<char, 4096> part{};
    for (size_t n; (n = std::fread(part.data(), 1, part.size(), pipe)) > 0;) out.append(part.data(), n);
    const int status = ::pclose(pipe);
    EXPECT_EQ(status, 0) << line << "\n" << out;
    return out;
}

bool there(const std::string& compiler) { return std::system(("command -v " + compiler + " > /dev/null").c_str()) == 0; }

std::string expected(const Integer& model, const std::string& features) {
    std::ostringstream out;
    for (size_t at = 0; at < features.size(); at += model.features) {
        const std::span row(reinterpret_cast<const int8_t*>(features.data()) + at, model.features);
        const std::vector<int32_t> scores = model.scores(row);
        const int32_t best = model.classify(row);
        out << best << ' ' << scores[static_cast<size_t>(best)];
        for (int32_t score : scores) out << ' ' << score;
        out << '\n';
    }
    return out.str();
}

void compare(const Integer& model, uint32_t seed) {
    const TemporaryFolder folder;
    std::vector<std::string> names;
    for (size_t c = 0; c < model.classes; ++c) names.push_back("class \"" + std::to_string(c) + "\"?\\");
    for (const CSource& source : c_sources(model, names, "a test")) folder.write(source.name, source.text);
    folder.write("main.c", driver);
    std::mt19937 random(seed);
    std::string features;
    for (size_t i = 0; i < 20 * model.features; ++i)
        features += static_cast<char>(random() % 5 ? random() : model.feature_quant.zero_point[0]);
    const std::string input = folder.write("features", features);
    size_t compilers = 0;
    for (const std::string compiler : {"gcc", "clang", "clang-16"})
        for (const std::string option : {"", "-DEMBHD_PROJECTION_IN_PSRAM"}) {
            if (!there(compiler)) continue;
            ++compilers;
            const std::string program = folder.path("program");
            ran(compiler + " -std=c99 -Wall -Wextra -Wconversion -Werror -O2 " + option + " -o " + program + " " +
                folder.path("main.c") + " " + folder.path("embhd_classifier.c"));
            EXPECT_EQ(ran(program + " < " + input), expected(model, features))
                << compiler << " " << option << ", seed " << seed;
        }
    EXPECT_GT(compilers, 0u) << "no C compiler";
}

TEST(HdcC, every_form_compiles_cleanly_and_computes_the_hosts_bits) {
    for (uint32_t seed = 1; seed <= 5; ++seed) {
        std::mt19937 random(seed);
        Model model;
        model.features = 5 + random() % 20;
        model.dimensions = 30 + random() % 100;
        model.classes = 2 + random() % 4;
        const bool bipolar = seed != 1;
        const auto number = [&] {
            return bipolar ? (random() % 2 ? 1.0F : -1.0F) : static_cast<float>(random() % 1000) / 500 - 1;
        };
        for (size_t i = 0; i < model.features * model.dimensions; ++i) model.projection.push_back(number());
        for (size_t i = 0; i < model.classes * model.dimensions; ++i) model.prototypes.push_back(number());
        if (seed == 4) {
            model.seed = 0xfedcba9876543210;
            model.projection = drawn_projection(*model.seed, model.features, model.dimensions);
        }
        if (seed >= 4) model.centre.assign(model.features, 1.5F);
        IntegerOptions options;
        options.bits = seed == 2 || seed == 4 ? 1 : 8;
        options.features = {{0.25F}, {-128}, -1};
        compare(quantized(model, options), seed);
    }
}

TEST(HdcC, headers_that_do_not_belong_together_are_noticed) {
    const TemporaryFolder folder;
    const Model one{2, 3, 2, {1, 2, 3, 4, 5, 6}, {1, -1, 1, -1, 1, 1}, {}, {}},
        other{2, 2, 2, {1, 2, 3, 4}, {1, -1, 1, 1}, {}, {}};
    folder.write("embhd_projection.h", c_sources(quantized(one, {}), {}, "one")[0].text);
    folder.write("embhd_prototypes.h", c_sources(quantized(other, {}), {}, "other")[1].text);
    folder.write("main.c", "#include \"embhd_projection.h\"\n#include \"embhd_prototypes.h\"\nint main(void) { return 0; }\n");
    EXPECT_NE(std::system(("cc -c -o " + folder.path("o") + " " + folder.path("main.c") + " 2> /dev/null").c_str()), 0);
}

TEST(HdcC, the_same_classifier_gives_the_same_bytes) {
    const Model model{2, 3, 2, {1, 2, 3, 4, 5, 6}, {1, -1, 1, -1, 1, 1}, {}, {}};
    const auto one = c_sources(quantized(model, {}), {}, "x"), two = c_sources(quantized(model, {}), {}, "x");
    for (size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].text, two[i].text);
    EXPECT_NE(one[0].text.find("#define EMBHD_PROJECTION_SCALE 0.0472"), std::string::npos) << one[0].text;
    EXPECT_NE(one[0].text.find("static const int8_t embhd_projection[EMBHD_FEATURE_DIM][EMBHD_HD_DIM] SPIRAM_ATTR = {"),
              std::string::npos);
}

}  // namespace
}  // namespace tinsmith::hdc

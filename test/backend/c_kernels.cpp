// The text of the kernels that generated C is made of.
#include "backend/c/identifiers.hpp"
#include "backend/c/kernel_source.hpp"
#include "backend/c/kernel_units.hpp"
#include "base/error.hpp"
#include "temporary.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

namespace tinsmith {

using namespace c99;

TEST(CKernels, EveryKernelIsDefined) {
    const std::vector<std::string> names = kernel_names();
    EXPECT_GT(names.size(), 500u);
    EXPECT_NO_THROW(needed(names));
}

// One program may need any of them.
TEST(CKernels, NoTwoDefinitionsShareAName) {
    std::map<std::string, std::string> seen;
    for (const Definition* d : needed(kernel_names())) {
        const auto [other, is_new] = seen.emplace(d->name, d->file);
        EXPECT_TRUE(is_new) << d->name << " in " << d->file << " and " << other->second;
    }
}

TEST(CKernels, AllTogetherAreC99WithoutAWarning) {
    std::string text = "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n#define TIN_ANY\n";
    for (const Definition* d : needed(kernel_names())) text += d->text + "\n";
    TemporaryFolder folder;
    const std::string file = folder.write("all.c", text);
    EXPECT_EQ(std::system(
                  ("cc -std=c99 -Wall -Wextra -Wconversion -Werror -Wno-unused-function -c " + file + " -o /dev/null").c_str()),
              0);
}

// Whole files in one, beside every plain kernel: as plain C and as the words of two lanes that processors with SIMD walk through.
TEST(CKernels, ThoseForMicrocontrollersStandBesideAllOthers) {
    std::set<std::string> taken;
    std::string plain;
    for (const Definition* d : needed(kernel_names())) {
        taken.insert(d->name);
        plain += d->text + "\n";
    }
    const UnitsText units = units_for({"tin_mcu_add", "tin_mcu_average_pool", "tin_mcu_conv", "tin_mcu_depthwise",
                                       "tin_mcu_depthwise_3x3", "tin_mcu_fully_connected", "tin_mcu_pointwise"},
                                      taken);
    EXPECT_TRUE(units.names.contains("tin_reduce_scale"));
    TemporaryFolder folder;
    const std::string file = folder.write("all.c",
                                          "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n"
                                          "#define TIN_ANY\n#define TIN_STATIC static\n" +
                                              plain + units.text);
    for (const std::string way : {"", "-DTIN_MCU_EMULATE_DSP "})
        EXPECT_EQ(std::system(("cc -std=c99 -Wall -Wextra -Wconversion -Werror -Wno-unused-function " + way + "-c " + file +
                               " -o /dev/null")
                                  .c_str()),
                  0);
    EXPECT_THROW(units_for({"tin_mcu_nothing"}, {}), Error);
}

TEST(CKernels, FunctionsOneLineLongAreLaidOut) {
    const std::vector<Definition> list = definitions_of(
        "x.c", "typedef struct { int a; } t; void f(t* x) { for (int i = 0; i < 2; ++i) { x->a = i; } if (x) x = 0; }");
    ASSERT_EQ(list.size(), 2u);
    EXPECT_EQ(list[0].name, "t");
    EXPECT_EQ(list[1].name, "f");
    EXPECT_EQ(list[1].text,
              "static void f(t* x) {\n    for (int i = 0; i < 2; ++i) {\n        x->a = i;\n    }\n    if (x) x = 0;\n}");
}

TEST(CIdentifiers, OddNames) {
    EXPECT_EQ(identifier_of("kws_int8", "model"), "kws_int8");
    EXPECT_EQ(identifier_of("3 cats", "model"), "model_3_cats");
    EXPECT_EQ(identifier_of("_hidden", "model"), "model_hidden");
    EXPECT_EQ(identifier_of("int", "model"), "model_int");
    EXPECT_EQ(identifier_of("ñandú!", "model"), "model_and");
    EXPECT_EQ(identifier_of("", "model"), "model");
    EXPECT_FALSE(is_identifier("while"));
    EXPECT_FALSE(is_identifier("a-b"));
    EXPECT_TRUE(is_identifier("a_b2"));
}

}  // namespace tinsmith

// Generated C whose first layers run in patches computes the bits of a session, which knows no patches.
#include "backend/c/c99.hpp"
#include "base/error.hpp"
#include "plan/random_images.hpp"
#include "run/session.hpp"
#include "temporary.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace tinsmith {
namespace {

CModel model_of(uint32_t seed) {
    CModel model{"", "random", test::RandomImages(seed, seed % 2 == 0).graph(), {}, {}};
    std::mt19937 random(seed);
    for (const Port& port : model.graph.inputs) {
        const Type& type = model.graph.type(port.value);
        std::vector<float> reals(static_cast<size_t>(type.elements()));
        for (float& v : reals) v = static_cast<float>(random() % 2000) / 500 - 2;
        std::vector<uint8_t> bytes(type.bytes());
        for (uint8_t& v : bytes) v = static_cast<uint8_t>(random());
        model.sample.push_back(type.dtype == DType::f32 ? Buffer::of(std::move(reals)) : Buffer::of(std::move(bytes)));
    }
    model.expected = Session(model.graph, {.fast = false}).run(model.sample);
    return model;
}

// Compiles and runs the self-test.
int self_test(const CCode& code) {
    TemporaryFolder folder;
    for (const CFile& file : code.files) folder.write(file.name, file.text);
    folder.write("main.c", "#include \"net.h\"\nint main(void) { return net_self_test(&net_memory); }\n");
    const std::string program = folder.path("program"), all = folder.path("*.c");
    return std::system(("cc -std=c99 -Wall -Wextra -Wconversion -Werror "
                        "-ffp-contract=off -DNET_TOLERANCE=0.0f " +
                        all + " -o " + program + " -lm && " + program)
                           .c_str());
}

TEST(CPatches, RandomGraphsComputeTheSame) {
    int patched = 0;
    for (uint32_t seed = 1; seed <= 400 && patched < 12; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        const CModel model = model_of(seed);
        const CCode whole = write_c({model}, {"net", 0, "test"});
        try {
            const CCode code = write_c({model}, {"net", whole.arena_bytes * 3 / 4, "test"});
            EXPECT_LE(code.arena_bytes, whole.arena_bytes * 3 / 4);
            ASSERT_EQ(code.notes.size(), 1u);
            EXPECT_NE(code.notes[0].find("are computed twice"), std::string::npos) << code.notes[0];
            ASSERT_EQ(self_test(code), 0);
            ++patched;
        } catch (const Error& e) {
            ASSERT_EQ(e.fault, Fault::target) << e.what();
        }
    }
    EXPECT_EQ(patched, 12);
}

}  // namespace
}  // namespace tinsmith

// Random small graphs through every pass and through the whole pipeline: what they compute must not change.
#include "random_graph.hpp"
#include "interpret.hpp"
#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "pass/pass.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

void expect_unchanged(const Graph& source, std::span<const Pass> passes, uint32_t seed) {
    auto inputs = test::random_inputs(source, seed);
    auto expected = test::interpret(source, source, inputs);
    Graph result = source;
    PassOptions options;
    options.widen_stride2 = true;
    std::string blamed = "the start";
    try {
        run_passes(result, passes, options, [&](const Pass& pass, int, const Graph& graph) {
            double apart = test::difference(expected, test::interpret(graph, source, inputs));
            if (apart > 1e-4) throw Error(Fault::internal, fmt::format("{} changes the result by {}", pass.name, apart));
            blamed = pass.name;
        });
    } catch (const std::exception& e) {
        ADD_FAILURE() << e.what() << " (last good: " << blamed << ")\n" << print(source) << print(result);
    }
}

// A number from the environment: TINSMITH_SEEDS=20000 looks for what is rarer, TINSMITH_FIRST_SEED=N starts there.
uint32_t wanted(const char* name, uint32_t usual) {
    const char* text = std::getenv(name);
    return text ? static_cast<uint32_t>(std::strtoul(text, nullptr, 10)) : usual;
}

TEST(RandomGraphs, compute_the_same_after_every_pass) {
    const uint32_t first = wanted("TINSMITH_FIRST_SEED", 1), last = wanted("TINSMITH_SEEDS", 200);
    for (uint32_t seed = first; seed <= last; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Graph source = test::RandomGraph(seed).graph();
        verify(source);
        for (auto passes : {canonical_passes(), optimizing_passes()}) {
            expect_unchanged(source, passes, seed);
            for (const Pass& pass : passes) expect_unchanged(source, std::span(&pass, 1), seed);
        }
        if (HasFailure()) break;
    }
}

}  // namespace
}  // namespace tinsmith

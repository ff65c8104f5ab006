// Problems whose best placement is known: a rectangle of time and memory, cut to pieces, can be put together again without a gap.
#include "plan/place.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

namespace tinsmith {
namespace {

constexpr size_t unit = 16;

// Cuts [first, last] x bytes at random places until the pieces are `pieces`; the largest is cut next.
std::vector<Lifetime> cut_rectangle(uint32_t seed, size_t pieces, uint32_t steps, size_t units) {
    std::mt19937 random(seed);
    std::vector<Lifetime> lives{{units * unit, 0, steps - 1}};
    const auto area = [](const Lifetime& life) { return life.bytes * (life.last - life.first + 1); };
    while (lives.size() < pieces) {
        size_t at = 0;
        for (size_t i = 1; i < lives.size(); ++i)
            if (area(lives[i]) > area(lives[at]) && random() % 8 != 0) at = i;
        Lifetime& life = lives[at];
        Lifetime other = life;
        if (const uint32_t length = life.last - life.first; length > 0 && random() % 2 == 0) {
            life.last = life.first + static_cast<uint32_t>(random() % length);
            other.first = life.last + 1;
        } else if (life.bytes >= 2 * unit) {
            life.bytes = unit * (1 + random() % (life.bytes / unit - 1));
            other.bytes -= life.bytes;
        } else {
            continue;
        }
        lives.push_back(other);
    }
    std::shuffle(lives.begin(), lives.end(), random);
    return lives;
}

TEST(PlaceHard, cut_rectangles_are_put_together_again) {
    size_t quick = 0, best = 0, bound = 0;
    int met = 0, problems = 0;
    for (uint32_t seed = 1; seed <= 40; ++seed) {
        const auto lives = cut_rectangle(seed, 12 + 3 * (seed % 10), 30, 400);
        const size_t least = live_peak(lives, unit);
        ASSERT_EQ(least, 400 * unit);
        const Placement placement = place_best({lives, {}, unit}, 300'000);
        for (size_t i = 0; i < lives.size(); ++i)
            for (size_t j = 0; j < i; ++j) {
                const bool meet = lives[i].first <= lives[j].last && lives[j].first <= lives[i].last;
                const size_t a = placement.offsets[i], b = placement.offsets[j];
                ASSERT_TRUE(!meet || a + lives[i].bytes <= b || b + lives[j].bytes <= a) << "seed " << seed;
            }
        quick += place(lives, unit).bytes;
        best += placement.bytes;
        bound += least;
        met += placement.bytes == least;
        ++problems;
    }
    fmt::print("of {} problems {} meet the bound; {:.3f} times the bound in all, largest first: {:.3f}\n", problems, met,
               static_cast<double>(best) / static_cast<double>(bound), static_cast<double>(quick) / static_cast<double>(bound));
    EXPECT_GE(met, problems / 2);
    EXPECT_LE(static_cast<double>(best), 1.03 * static_cast<double>(bound));
    EXPECT_LT(best, quick);
}

}  // namespace
}  // namespace tinsmith

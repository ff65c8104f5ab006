// Placements: nothing that lives at the same time overlaps, and no arena is larger than needed by much.
#include "plan/place.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tinsmith {
namespace {

bool meet(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

void expect_sound(const std::vector<Lifetime>& lives, const Placement& p, size_t alignment) {
    for (size_t i = 0; i < lives.size(); ++i) {
        EXPECT_EQ(p.offsets[i] % alignment, 0u);
        EXPECT_LE(p.offsets[i] + lives[i].bytes, p.bytes);
        for (size_t j = 0; j < i; ++j) {
            if (!meet(lives[i], lives[j]) || lives[i].bytes == 0 || lives[j].bytes == 0) continue;
            EXPECT_TRUE(p.offsets[i] + lives[i].bytes <= p.offsets[j] || p.offsets[j] + lives[j].bytes <= p.offsets[i])
                << i << " and " << j;
        }
    }
}

TEST(MemoryPlan, random_lifetimes_never_overlap) {
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        std::vector<Lifetime> lives(1 + random() % 60);
        for (Lifetime& life : lives) {
            life.bytes = random() % 5000;
            life.first = static_cast<uint32_t>(random() % 40);
            life.last = life.first + static_cast<uint32_t>(random() % 8);
        }
        const Placement p = place(lives, 64);
        expect_sound(lives, p, 64);
        EXPECT_GE(p.bytes, live_peak(lives, 64));
        EXPECT_LE(p.bytes, 2 * live_peak(lives, 64));
    }
}

TEST(MemoryPlan, chain_needs_its_two_largest_neighbours) {
    const std::vector<Lifetime> lives{{640, 0, 1}, {1280, 1, 2}, {640, 2, 3}, {64, 3, 4}};
    const Placement p = place(lives, 64);
    EXPECT_EQ(p.bytes, 1920u);
    EXPECT_EQ(live_peak(lives, 64), 1920u);
}

TEST(MemoryPlan, nothing_needs_nothing) {
    EXPECT_EQ(place({}, 64).bytes, 0u);
    const std::vector<Lifetime> empty{{0, 0, 3}, {0, 1, 1}};
    EXPECT_EQ(place(empty, 64).bytes, 0u);
}

TEST(MemoryPlan, smallest_gap_that_fits_is_taken) {
    // At step 1 the first and third are dead: 256 and 128 bytes free below the living ones; 128 bytes go into the smaller gap.
    const std::vector<Lifetime> lives{{256, 0, 0}, {256, 0, 2}, {128, 0, 0}, {128, 0, 2}, {64, 0, 2}, {65, 1, 2}};
    const Placement p = place(lives, 64);
    expect_sound(lives, p, 64);
    EXPECT_EQ(p.offsets[5], p.offsets[2]);
    EXPECT_EQ(p.bytes, live_peak(lives, 64));
}

}  // namespace
}  // namespace tinsmith

#include "base/sizes.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

TEST(Sizes, kilobytes_are_of_1024) {
    EXPECT_EQ(human_bytes(0), "0 B");
    EXPECT_EQ(human_bytes(1023), "1023 B");
    EXPECT_EQ(human_bytes(48 << 10), "48.0 KB");
    EXPECT_EQ(human_bytes((1 << 20) - 1), "1.0 MB") << "rounded, not 1024.0 KB";
    EXPECT_EQ(human_bytes(8 << 20), "8.0 MB");
    EXPECT_EQ(human_bytes(uint64_t{3} << 30), "3.0 GB");
    EXPECT_EQ(kilobytes(2 << 20), "2048.0 KB");
}

}  // namespace
}  // namespace tinsmith

// The examples of FIPS 180-4's companion page, and lengths around a block.
#include "base/sha256.hpp"
#include "base/sha256_blocks.hpp"

#include <gtest/gtest.h>

namespace tinsmith {
namespace {

TEST(Sha256, KnownDigests) {
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256(std::string(1'000'000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, LengthsAroundABlock) {
    EXPECT_EQ(sha256(std::string(55, 'x')), "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072");
    EXPECT_EQ(sha256(std::string(64, 'x')), "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c");
    EXPECT_EQ(sha256(std::string(119, 'x')), "000b48d4edf0fa7bee3c6236ecd2785baa5db4eeb8bb54341b029e0d9fa5fb0c");
}

TEST(Sha256, FastAndPlainAreTheSame) {
    Sha256Rounds constants;
    std::array<std::byte, 320> data;
    for (size_t i = 0; i < constants.size(); ++i) constants[i] = static_cast<uint32_t>(0x9e3779b9U * (i + 1));
    for (size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::byte>(i * 37 + 11);
    Sha256Words plain{1, 2, 3, 4, 5, 6, 7, 8}, fast = plain;
    add_sha256_blocks_plain(constants, plain, data.data(), 5);
    if (!add_sha256_blocks_fast(constants, fast, data.data(), 5)) GTEST_SKIP() << "no such instructions here";
    EXPECT_EQ(fast, plain);
}

}  // namespace
}  // namespace tinsmith

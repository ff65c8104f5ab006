// SHA-256's inner loop: whole blocks of 64 bytes into the eight words of state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tinsmith {

using Sha256Words = std::array<uint32_t, 8>;
using Sha256Rounds = std::array<uint32_t, 64>;  // the constants of the rounds

void add_sha256_blocks_plain(const Sha256Rounds& constants, Sha256Words& state, const std::byte* data, size_t blocks);
// With the processor's own instructions, ten times faster, where it has them; then true.
bool add_sha256_blocks_fast(const Sha256Rounds& constants, Sha256Words& state, const std::byte* data, size_t blocks);

}  // namespace tinsmith

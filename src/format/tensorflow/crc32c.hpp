// The checksum of checkpoints: CRC-32C (Castagnoli's polynomial), as iSCSI (RFC 3720) has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tinsmith::tensorflow {

uint32_t crc32c(std::span<const std::byte> bytes);

// As files store it: rotated by 15 bits, plus a constant, lest a checksum be taken of data with checksums inside.
uint32_t masked_crc32c(std::span<const std::byte> bytes);

}  // namespace tinsmith::tensorflow

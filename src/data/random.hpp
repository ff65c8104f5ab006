// Random inputs: the same on every machine for the same seed.
#pragma once

#include "ir/type.hpp"

#include <cstddef>

namespace tinsmith {

// A number that looks like none of its neighbours': SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, 2014).
uint64_t mixed(uint64_t x);

// Floats uniform in [-1, 1); 8-bit and quantised integers over their whole range; 16-bit ones in 0..255; 32- and 64-bit ones,
// which may be indices or lengths, 0 or 1; booleans either.
std::vector<std::byte> random_elements(const Type& type, uint64_t seed, uint64_t sample, uint64_t input);

}  // namespace tinsmith

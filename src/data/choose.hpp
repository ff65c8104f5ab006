// Which of a file's samples serve when not all do.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tinsmith {

// `wanted` of `count` positions, ascending. Spread over the whole file, which is often sorted: it is cut into `wanted` equal
// parts, and the seed picks one position in each. With `labels` every class gives its share that way, and each that can at least one.
std::vector<uint32_t> choose_samples(size_t count, size_t wanted, uint64_t seed, std::span<const int32_t> labels = {});

}  // namespace tinsmith

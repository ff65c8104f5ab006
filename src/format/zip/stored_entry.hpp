// Entries of a zip archive that lie in it uncompressed, as np.savez and Keras write them: used where they are.
#pragma once

#include "base/buffer.hpp"

#include <optional>

namespace tinsmith {

// The bytes of entry number `index` (as the central directory counts) as a part of the archive; nothing when the entry is
// compressed, encrypted, or not plainly there with `size` bytes and its checksum.
std::optional<Buffer> stored_entry(const Buffer& archive, uint64_t index, uint64_t size);

}  // namespace tinsmith

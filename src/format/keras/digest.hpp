// What the HDF5 library finds in a file, packed.
#pragma once

#include "base/buffer.hpp"

namespace tinsmith::keras {

enum class Entry : uint8_t { group, dataset, broken };
enum class Storage : uint8_t { in_file, here };

// Packs, for every object: its path, an Entry, its attributes that are text, and for a dataset its type, shape and where its
// elements are; for what is broken the reason. Throws Fault::input when the bytes are no HDF5 file. Call it where a crash does no
// harm.
void digest_hdf5(const Buffer& file, std::vector<std::byte>& out);

}  // namespace tinsmith::keras

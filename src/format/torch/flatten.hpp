// From a pickle's objects and the bytes of its storages to named tensors.
#pragma once

#include "format/torch/checkpoint.hpp"
#include "format/torch/pickle.hpp"

namespace tinsmith::torch {

// storages[i]: the bytes of pickle.storages[i].
void flatten(const Pickle& pickle, const std::vector<Buffer>& storages, bool swapped, Checkpoint& out);

// Bytes that a storage must have. Throws Fault::input for a size beyond any machine's.
uint64_t bytes_of(const StorageId& storage);

}  // namespace tinsmith::torch

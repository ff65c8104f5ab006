// What torch.save wrote before PyTorch 1.6 (and writes with _use_new_zipfile_serialization=False): five pickles and the storages.
#pragma once

#include "format/torch/checkpoint.hpp"

namespace tinsmith::torch {

bool is_legacy(std::span<const std::byte> head);
Checkpoint read_legacy(const Buffer& file);

}  // namespace tinsmith::torch

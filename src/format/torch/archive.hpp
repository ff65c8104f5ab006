// What torch.save writes since PyTorch 1.6: a zip archive with data.pkl and data/0, data/1, ... stored as they are.
#pragma once

#include "format/torch/checkpoint.hpp"

namespace tinsmith::torch {

Checkpoint read_archive(const Buffer& file);
// Whether the archive is one of PyTorch's (of tensors, a TorchScript model or an exported program).
bool is_archive(const Buffer& file);

}  // namespace tinsmith::torch

// .safetensors: the length of a JSON object, the object (names, types, shapes, places), and the bytes.
// Format: https://github.com/huggingface/safetensors#format
#pragma once

#include "format/torch/checkpoint.hpp"

namespace tinsmith::torch {

bool is_safetensors(std::span<const std::byte> head);
Checkpoint read_safetensors(const Buffer& file);

}  // namespace tinsmith::torch

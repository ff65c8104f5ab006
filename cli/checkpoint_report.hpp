// inspect of a file of tensors.
#pragma once

#include "format/npy/npy.hpp"
#include "format/torch/checkpoint.hpp"

namespace tinsmith::cli {

// The tensors as NumPy's arrays; bfloat16, which NumPy lacks, as float32.
std::vector<std::pair<std::string, Array>> checkpoint_arrays(const torch::Checkpoint& checkpoint);
std::string checkpoint_text(const torch::Checkpoint& checkpoint);
std::string checkpoint_json(const torch::Checkpoint& checkpoint, uint64_t file_bytes);

}  // namespace tinsmith::cli

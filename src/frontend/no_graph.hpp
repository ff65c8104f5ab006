// Files of PyTorch that hold tensors or programs, but no graph that is read.
#pragma once

#include "base/buffer.hpp"

#include <string>

namespace tinsmith {

// Throws Fault::input with what to do in Python when `path` is a file of torch.save or .safetensors.
void refuse_without_graph(const std::string& path, const Buffer& file);

}  // namespace tinsmith

// Files of tensors: what torch.save writes (a zip archive since PyTorch 1.6, a series of pickles before), and .safetensors.
#pragma once

#include "format/torch/tensor.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinsmith::torch {

struct Checkpoint {
    std::string_view format;                                  // "PyTorch", "PyTorch before 1.6", "safetensors"
    std::vector<std::pair<std::string, Tensor>> tensors;      // "state_dict.conv.weight": keys and indices joined by dots
    std::vector<std::pair<std::string, std::string>> values;  // what else is there: "epoch", "12"

    // Null where there is none of that name.
    const Tensor* find(std::string_view name) const;
    // Throws Fault::input naming those that there are.
    const Tensor& at(std::string_view name) const;
};

// Whether the name or the content is that of a checkpoint.
bool looks_like_checkpoint(std::string_view path, const Buffer& file);

// Nothing in the file is run; tensors share its bytes. Throws Fault::input naming the place for what is damaged, lies, or is not
// tensors and plain containers.
Checkpoint read_checkpoint(const Buffer& file);

}  // namespace tinsmith::torch

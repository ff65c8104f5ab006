// The archive that torch.export.save writes (.pt2): the program and, where they lie, its weights.
#pragma once

#include "format/torch/program.hpp"

#include <map>

namespace tinsmith::torch {

struct Exported {
    Program program;
    std::map<std::string, Tensor, std::less<>> weights;    // parameters and persistent buffers, by their names in the module
    std::map<std::string, Tensor, std::less<>> constants;  // other buffers and constants
};

// Whether the first bytes of a file are those of such an archive.
bool looks_like_exported(std::span<const std::byte> head);

// Tensors share the file's bytes. Throws Fault::input naming the entry for what is damaged, missing, compressed, or lies.
Exported read_exported(const Buffer& file);

}  // namespace tinsmith::torch

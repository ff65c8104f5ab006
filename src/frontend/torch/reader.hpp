// From an exported program to a graph.
#pragma once

#include "format/torch/exported.hpp"
#include "frontend/read_options.hpp"

namespace tinsmith::torch {

ReadResult read_program(const Exported& exported, const ReadOptions& options);

}  // namespace tinsmith::torch

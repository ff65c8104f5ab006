// The ONNX reader after decoding.
#pragma once

#include "format/onnx/model.hpp"
#include "frontend/read_options.hpp"

namespace tinsmith {

// Throws Error: Fault::input where the model contradicts itself or lacks something, Fault::unsupported listing every node that
// cannot be converted.
ReadResult read_onnx(onnx::Model model, const ReadOptions& options);

}  // namespace tinsmith

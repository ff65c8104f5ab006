// Dynamic quantisation: products of integers whose input is quantised while the model runs, as ONNX Runtime's quantize_dynamic writes it.
#pragma once

#include "format/onnx/model.hpp"

namespace tinsmith {

// Before: q, s, z = DynamicQuantizeLinear(x);  y = Cast(MatMulInteger(q, W, z, Wz)) * (s * Ws), or ConvInteger
//         y = MatMulIntegerToFloat(q, W, s, Ws, z, Wz), or QAttention: ONNX Runtime's fused forms
// After:  y = MatMul(x, DequantizeLinear(W, Ws, Wz)), or Conv
//         y = MatMulIntegerToFloat(x, W, , Ws, , Wz), or QAttention
// When:   nobody else reads what stands between. Real numbers, so that the file's method says how to quantise: the hybrid kernels of
//         dynamic_range do the same thing while they run.
// Returns how many there were.
int read_dynamic_products(onnx::Graph& graph);

}  // namespace tinsmith

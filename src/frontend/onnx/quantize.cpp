// QuantizeLinear and its kin. Where scale and zero point are constants of a kind that TFLite's types can state, they become
// part of the type, for the quantiser to use; otherwise they are arithmetic.
#include "frontend/compose/quantize.hpp"

#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/tensor.hpp"

#include <numeric>

namespace tinsmith {

namespace from_onnx {

// Operands 1 (scale) and 2 (zero point): one for all, one for each index along the axis, or one for each block of it.
static Scaling scaling(const NodeReader& r) {
    return {r.operand(1), r.has(2) ? r.in[2] : no_value, r.integer("axis", 1), r.integer("block_size", 0)};
}

std::vector<ValueId> quantize_linear(NodeReader& r) {
    const int64_t stated = r.integer("output_dtype", 0);
    const auto element = static_cast<onnx::ElementType>(stated);
    supported(element != onnx::ElementType::i4 && element != onnx::ElementType::u4, "TFLite computes no {}; use int8 or uint8",
              onnx::element_type_name(element));
    const DType dtype = r.has(2) ? r.type(2).dtype : stated != 0 ? dtype_of(element) : DType::u8;
    return {quantized(r.b, r.operand(0), scaling(r), dtype)};
}

std::vector<ValueId> dequantize_linear(NodeReader& r) { return {dequantized(r.b, r.operand(0), scaling(r))}; }

// u8 with a range that includes 0, measured on each run: scale = (high - low) / 255, zero point = round(-low / scale).
std::vector<ValueId> dynamic_quantize_linear(NodeReader& r) {
    const Formula x{r.b, r.operand(0)};
    Ints axes(static_cast<size_t>(r.rank(0)));
    std::iota(axes.begin(), axes.end(), 0);
    const Attrs all{{"axes", axes}, {"keepdims", false}};
    const Formula low = min(apply(op::ReduceMin, x, all), 0), high = max(apply(op::ReduceMax, x, all), 0);
    const Formula step = (high - low) / 255;
    const Formula zero = round(min(max(-low / step, 0), 255));
    const Formula y = min(max(round(x / step) + zero, 0), 255);
    return {cast(y, DType::u8), step, cast(zero, DType::u8)};
}

}  // namespace from_onnx
}  // namespace tinsmith

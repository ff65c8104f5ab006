#include "frontend/tflite/quantized.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::tflite {

using B = BuiltinOperator;

// These move elements as they are: scale and zero point stay with them.
static constexpr std::array movers{
    B::RESHAPE,
    B::SQUEEZE,
    B::EXPAND_DIMS,
    B::SHAPE,
    B::RANK,
    B::PACK,
    B::UNPACK,
    B::BROADCAST_TO,
    B::TRANSPOSE,
    B::SLICE,
    B::SPLIT,
    B::SPLIT_V,
    B::STRIDED_SLICE,
    B::PAD,
    B::MIRROR_PAD,
    B::TILE,
    B::GATHER,
    B::REVERSE_V2,
    B::DEPTH_TO_SPACE,
    B::SPACE_TO_DEPTH,
    B::RESIZE_NEAREST_NEIGHBOR,
    B::DEQUANTIZE,
    B::QUANTIZE,
    B::WHILE,
    B::IF,
};

bool computes_quantized(const OperatorReader& r) {
    if (std::find(movers.begin(), movers.end(), r.code) != movers.end()) return false;
    auto quantised = [](const Type& type) { return type.quant.has_value(); };
    return std::any_of(r.declared.begin(), r.declared.end(), quantised) ||
           (r.has(0) && !r.is_constant(0) && quantised(r.type(0))) || (r.has(1) && !r.is_constant(1) && quantised(r.type(1)));
}

void dequantize_operands(OperatorReader& r) {
    for (ValueId& id : r.in)
        if (id != no_value && r.b.type(id).quant) id = r.dequantized(id);
}

void quantize_results(OperatorReader& r, std::vector<ValueId>& values) {
    for (size_t i = 0; i < std::min(values.size(), r.declared.size()); ++i) {
        const Type& to = r.declared[i];
        if (!to.quant || r.b.type(values[i]).dtype != DType::f32) continue;
        values[i] = r.b.add(op::Quantize, {values[i]},
                            {{"dtype", std::string(dtype_name(to.dtype))},
                             {"scale", Floats(to.quant->scale.begin(), to.quant->scale.end())},
                             {"zero_point", to.quant->zero_point},
                             {"axis", static_cast<int64_t>(to.quant->axis)}});
    }
}

}  // namespace tinsmith::tflite

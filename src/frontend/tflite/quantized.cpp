#include "frontend/tflite/quantized.hpp"

#include "op/integer.hpp"
#include "op/quantize.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::tflite {

using B = BuiltinOperator;

// The operator whose integer form decides for a built-in that several rows, or none, name as theirs. Null: there is none.
static const OpDef* row_of(B code) {
    switch (code) {
        case B::SQUEEZE:
        case B::EXPAND_DIMS: return &op::Reshape;
        case B::PACK: return &op::Concat;
        case B::UNPACK:
        case B::SPLIT_V: return &op::Split;
        case B::STRIDED_SLICE: return &op::Slice;
        case B::PADV2:
        case B::MIRROR_PAD: return &op::Pad;
        case B::SELECT: return &op::Where;
        default: break;
    }
    for (const OpDef* def : all_ops())
        if (def->tflite.builtin == static_cast<int>(code)) return def;
    return nullptr;
}

// These take scales as they come, or look at no element.
static constexpr std::array indifferent{B::SHAPE, B::RANK, B::DEQUANTIZE, B::QUANTIZE, B::WHILE, B::IF, B::CUSTOM};

bool needs_floats(const OperatorReader& r) {
    if (std::find(indifferent.begin(), indifferent.end(), r.code) != indifferent.end()) return false;
    const OpDef* row = row_of(r.code);
    const DTypes integers = row ? row->integer.types : 0;
    auto stays = [&](const Type& type) { return !is_quantised(type) || (integers & dtype_bit(type.dtype)) != 0; };
    auto moves = [&](size_t i) { return !r.has(i) || r.is_constant(i) || stays(r.type(i)); };
    return !std::all_of(r.declared.begin(), r.declared.end(), stays) || !moves(0) || !moves(1);
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

void check_stored_results(const Graph& graph, size_t first) {
    for (size_t i = first; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        if (!node.op->integer.eval || !is_quantised(graph, node)) continue;
        for (ValueId id : node.outputs) {
            const Type& type = graph.type(id);
            if ((quantised_types & dtype_bit(type.dtype)) == 0) continue;
            check(is_quantised(type), "its result {} has no scale", to_string(type));
            check_quant(type);
            const StoredRange range = stored_range(type.dtype);
            for (int64_t zero : type.quant->zero_point)
                check(zero >= range.low && zero <= range.high, "its result {} has the zero point {}", to_string(type), zero);
        }
    }
}

void state_bias_scales(OperatorReader& r) {
    const bool weighted = r.code == B::CONV_2D || r.code == B::DEPTHWISE_CONV_2D || r.code == B::FULLY_CONNECTED;
    if (!weighted || !r.has(2) || !r.is_constant(2) || !r.type(0).quant || !r.type(1).quant) return;
    const Quant &x = *r.type(0).quant, &weights = *r.type(1).quant;
    Type bias = r.type(2);
    const size_t scales = weights.scale.size();
    const bool fits = scales == 1 || bias.elements() == static_cast<int64_t>(scales);
    const bool stated = bias.quant && (scales < 2 || bias.quant->scale.size() != scales);
    if (x.axis >= 0 || !fits || stated) return;
    bias.quant = Quant{weights.scale, std::vector<int64_t>(scales), scales > 1 ? 0 : -1};
    for (float& scale : bias.quant->scale) scale *= x.scale[0];
    if (bias == r.type(2)) return;
    const Value& value = r.b.graph.value(r.in[2]);  // several layers may share it
    r.in[2] = r.b.graph.add_constant(value.name, std::move(bias), tinsmith::Buffer(*value.data));
}

}  // namespace tinsmith::tflite

// Versions of operators: a runtime refuses a version newer than its own, so each operator states the lowest that accepts its
// tensors. The rules are those of TensorFlow's op_version.cc, for the element types and forms that tinsmith writes.
#include "backend/tflite/operator_writer.hpp"

#include <algorithm>

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;
using D = DType;

struct Signature {
    std::vector<const Type*> in;  // null where absent
    std::vector<const Type*> out;

    D dtype(size_t i) const { return i < in.size() && in[i] ? in[i]->dtype : D::f32; }
    bool is(size_t i, D d) const { return i < in.size() && in[i] && in[i]->dtype == d; }
    int64_t rank(size_t i) const { return in[i]->rank(); }
    bool per_channel(size_t i) const { return in[i]->quant && in[i]->quant->axis >= 0; }
    // Float activations with int8 weights.
    bool hybrid(size_t weights) const { return is(0, D::f32) && is(weights, D::i8) && out[0]->dtype == D::f32; }
    bool broadcasts_beyond_rank_4() const { return in[0]->shape != in[1]->shape && std::max(rank(0), rank(1)) > 4; }
};

// Operators whose only rule is: int8 needs one version, int16 another (0: that type changes nothing).
struct NarrowRule {
    B code;
    int i8, i16;
};
constexpr NarrowRule narrow_rules[]{
    {B::MAX_POOL_2D, 2, 3},
    {B::AVERAGE_POOL_2D, 2, 3},
    {B::TANH, 2, 3},
    {B::LOGISTIC, 2, 3},
    {B::CONCATENATION, 2, 3},
    {B::SOFTMAX, 2, 3},
    {B::MEAN, 2, 3},
    {B::MIRROR_PAD, 2, 3},
    {B::REDUCE_MAX, 2, 3},
    {B::REDUCE_MIN, 2, 3},
    {B::RELU6, 2, 3},
    {B::RSQRT, 2, 3},
    {B::LESS, 2, 3},
    {B::GREATER_EQUAL, 2, 3},
    {B::SPLIT_V, 2, 0},
    {B::SPACE_TO_DEPTH, 2, 0},
    {B::SUM, 2, 0},
    {B::LOG_SOFTMAX, 2, 0},
    {B::GREATER, 2, 0},
    {B::LESS_EQUAL, 2, 0},
    {B::SQUARED_DIFFERENCE, 2, 0},
    {B::DEPTH_TO_SPACE, 2, 0},
    {B::TOPK_V2, 2, 3},
    {B::EXP, 2, 2},
    {B::LOG, 2, 2},
    {B::REDUCE_PROD, 2, 2},
    {B::SQRT, 2, 2},
    {B::EQUAL, 2, 5},
    {B::NOT_EQUAL, 2, 4},
    {B::LEAKY_RELU, 1, 2},
    {B::TILE, 3, 0},
    {B::FLOOR_MOD, 2, 2},
    {B::PACK, 2, 3},
    {B::L2_NORMALIZATION, 2, 0},
    {B::RELU, 2, 3},
};

int cast_version(const Type& from, const Type& to) {
    auto either = [&](D d) { return from.dtype == d || to.dtype == d; };
    if (either(D::bf16)) return 7;
    if (either(D::f64) || either(D::f16)) return 5;
    if (either(D::u16)) return 4;
    if (either(D::i8)) return 3;
    return either(D::u32) ? 2 : 1;
}

int transpose_version(const Signature& s) {
    if (s.is(0, D::f16)) return 9;
    if (s.rank(0) > 6) return 8;
    if (s.rank(0) > 5) return 6;
    if (s.is(0, D::i16)) return 5;
    if (s.rank(0) > 4) return 4;
    return s.is(0, D::boolean) ? 3 : s.is(0, D::i8) ? 2 : 1;
}

int fully_connected_version(const Signature& s, bool keep_num_dims, bool asymmetric) {
    if (s.hybrid(1) && s.per_channel(1)) return 12;
    if (s.in.size() == 2) return 6;
    if (keep_num_dims) return 5;
    return s.is(0, D::i8) ? 4 : s.hybrid(1) ? (asymmetric ? 9 : 3) : 1;
}

int gather_version(const Signature& s, bool batched) {
    if (s.is(1, D::i16)) return 6;
    if (batched) return 5;
    return s.is(0, D::i16) ? 4 : s.is(0, D::boolean) ? 3 : s.is(0, D::i8) ? 2 : 1;
}

int mul_version(const Signature& s, bool quantised) {
    D x = s.dtype(0);
    if (x == D::u32 || (x == D::i16 && !quantised)) return 7;
    if (x == D::i64) return 5;
    if (x == D::i16) return 4;
    auto scale = [](const Type* type) { return type->quant ? type->quant->scale[0] : 0; };
    if (quantised && scale(s.in[0]) * scale(s.in[1]) / scale(s.out[0]) >= 1) return 3;
    return x == D::i8 ? 2 : 1;
}

}  // namespace

int operator_version(const OperatorWriter& w, const Operation& operation) {
    Signature s;
    for (int32_t t : operation.inputs) s.in.push_back(t < 0 ? nullptr : &w.tensors.type(t));
    for (ValueId id : w.node.outputs) s.out.push_back(&w.graph.type(id));
    const Node& node = w.node;
    D x = s.dtype(0);
    bool narrow = x == D::i8 || x == D::i16, quantised = is_quantised(w.graph, node);

    for (const NarrowRule& rule : narrow_rules)
        if (rule.code == operation.code) return std::max(x == D::i8 ? rule.i8 : x == D::i16 ? rule.i16 : 1, 1);
    switch (operation.code) {
        case B::CUSTOM: return static_cast<int>(node.integer("version"));
        case B::CONV_2D:
            if (s.rank(0) == 4 && s.in[0]->shape[3] != s.in[1]->shape[3]) return 6;  // groups
            return x == D::i8 ? 3 : s.hybrid(1) ? (s.per_channel(1) ? 5 : 2) : 1;
        case B::DEPTHWISE_CONV_2D:
            if (s.hybrid(1)) return s.per_channel(1) ? 6 : 4;
            if (x == D::i8) return 3;
            return node.ints("dilations") != Ints{1, 1} ? 2 : 1;
        case B::FULLY_CONNECTED: return fully_connected_version(s, s.rank(0) != 2, node.flag("asymmetric_inputs"));
        case B::BATCH_MATMUL: return x == D::i8 ? 2 : x == D::i16 ? 3 : s.hybrid(1) && node.flag("asymmetric_inputs") ? 4 : 1;
        case B::TRANSPOSE_CONV:
            return node.text("activation") != "none" ? 4 : operation.inputs.size() == 4 ? 3 : s.is(1, D::i8) ? 2 : 1;
        case B::GATHER: return gather_version(s, node.integer("batch_dims") != 0);
        case B::GATHER_ND: return x == D::boolean ? 5 : s.is(1, D::i16) ? 4 : x == D::i16 ? 3 : 1;
        case B::TRANSPOSE: return transpose_version(s);
        case B::CAST: return cast_version(*s.in[0], *s.out[0]);
        case B::SIGN: return x == D::i32 ? 2 : 1;
        case B::ABS: return x == D::i32 ? 5 : x == D::i16 ? (quantised ? 3 : 4) : x == D::i8 || x == D::u8 ? 2 : 1;
        case B::GELU: return x == D::i8 || x == D::u8 ? 2 : 1;
        case B::ADD: return x == D::i16 ? (quantised ? 3 : 5) : x == D::i64 ? 4 : x == D::i8 ? 2 : 1;
        case B::SUB:
            return x == D::i16 && quantised ? 5 : x == D::i64 ? 4 : s.broadcasts_beyond_rank_4() ? 3 : x == D::i8 ? 2 : 1;
        case B::MUL: return mul_version(s, quantised);
        case B::DIV: return s.broadcasts_beyond_rank_4() ? 2 : 1;
        case B::MAXIMUM:
        case B::MINIMUM: return x == D::i16 ? 4 : s.broadcasts_beyond_rank_4() ? 3 : x == D::i8 ? 2 : 1;
        case B::FLOOR_DIV: return narrow ? 3 : x == D::f32 ? 2 : 1;
        case B::SPLIT: return s.is(1, D::i16) ? 4 : s.is(1, D::i32) ? 3 : s.is(1, D::i8) ? 2 : 1;
        case B::SLICE: return x == D::u32 ? 6 : s.rank(0) > 4 ? 5 : x == D::i16 ? 4 : x == D::i8 ? 2 : 1;
        case B::STRIDED_SLICE: return x == D::u32 ? 7 : s.rank(0) > 4 ? 4 : x == D::boolean ? 3 : x == D::i8 ? 2 : 1;
        case B::REVERSE_V2: return x == D::i8 ? 3 : x == D::boolean ? 2 : 1;
        case B::PAD:
        case B::PADV2: return x == D::boolean ? 5 : s.rank(0) > 4 ? 4 : x == D::i16 ? 3 : x == D::i8 ? 2 : 1;
        case B::RESIZE_BILINEAR: return x == D::i16 ? 4 : node.flag("half_pixel_centers") ? 3 : x == D::i8 ? 2 : 1;
        case B::RESIZE_NEAREST_NEIGHBOR:
            if (x == D::i16) return 4;
            return node.flag("half_pixel_centers") || node.flag("align_corners") ? 3 : x == D::i8 ? 2 : 1;
        case B::DEQUANTIZE: return x == D::i16 || x == D::f16 ? 3 : x == D::i8 ? (s.per_channel(0) ? 5 : 2) : 1;
        case B::QUANTIZE: return s.out[0]->quant && s.out[0]->quant->axis >= 0 ? 3 : s.out[0]->dtype == D::i16 ? 2 : 1;
        case B::ARG_MAX:
        case B::ARG_MIN: return x == D::boolean ? 3 : x == D::i8 ? 2 : 1;
        case B::SELECT_V2: return s.is(1, D::u32) ? 2 : 1;
        case B::BROADCAST_TO: return narrow ? 3 : 2;
        case B::SVDF: return x == D::i8 ? 3 : s.hybrid(1) ? (node.flag("asymmetric_inputs") ? 4 : 2) : 1;
        case B::UNIDIRECTIONAL_SEQUENCE_RNN: return s.hybrid(1) ? (node.flag("asymmetric_inputs") ? 3 : 2) : 1;
        case B::UNIDIRECTIONAL_SEQUENCE_LSTM:
            if (s.hybrid(2)) return node.flag("asymmetric_inputs") ? 3 : 2;
            return s.is(2, D::i8) ? 3 : 1;
        default: return 1;
    }
}

}  // namespace tinsmith::tflite

// Reductions, normalisations over the last axis, scans and sorting.
#include "backend/tflite/operator_writer.hpp"

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;

Operation write_reduce(const OperatorWriter& w) {
    int32_t axes = w.has(1) ? w.in(1) : w.ints(w.node.ints("axes"));
    return {
        static_cast<B>(w.node.op->tflite.builtin), {w.in(0), axes}, CreateReducerOptions(w.fbb, w.node.flag("keepdims")), {}};
}

Operation write_arg_max(const OperatorWriter& w) {
    return {B::ARG_MAX,
            {w.in(0), w.integer(w.node.integer("axis"))},
            CreateArgMaxOptions(w.fbb, *tensor_type(w.out_type(0).dtype)),
            {}};
}

Operation write_arg_min(const OperatorWriter& w) {
    return {B::ARG_MIN,
            {w.in(0), w.integer(w.node.integer("axis"))},
            CreateArgMinOptions(w.fbb, *tensor_type(w.out_type(0).dtype)),
            {}};
}

Operation write_softmax(const OperatorWriter& w) {
    return {B::SOFTMAX, {w.in(0)}, CreateSoftmaxOptions(w.fbb, static_cast<float>(w.node.real("beta"))), {}};
}

Operation write_l2_normalization(const OperatorWriter& w) {
    return {B::L2_NORMALIZATION, {w.in(0)}, CreateL2NormOptions(w.fbb), {}};
}

Operation write_lrn(const OperatorWriter& w) {
    auto real = [&](std::string_view name) { return static_cast<float>(w.node.real(name)); };
    return {B::LOCAL_RESPONSE_NORMALIZATION,
            {w.in(0)},
            CreateLocalResponseNormalizationOptions(w.fbb, w.i32("radius"), real("bias"), real("alpha"), real("beta")),
            {}};
}

Operation write_cum_sum(const OperatorWriter& w) {
    int32_t axis = w.has(1) ? w.in(1) : w.integer(w.node.integer("axis"));
    return {B::CUMSUM, {w.in(0), axis}, CreateCumsumOptions(w.fbb, w.node.flag("exclusive"), w.node.flag("reverse")), {}};
}

Operation write_top_k(const OperatorWriter& w) {
    return {B::TOPK_V2, {w.in(0), w.has(1) ? w.in(1) : w.integer(w.node.integer("k"))}, {}, {}};
}

Operation write_non_max_suppression(const OperatorWriter& w) {
    return {B::NON_MAX_SUPPRESSION_V4,
            {w.in(0), w.in(1), w.integer(w.node.integer("max_output")), w.scalar(w.node.real("iou"), DType::f32),
             w.scalar(w.node.real("score"), DType::f32)},
            {},
            {}};
}

constexpr WriteRow rows[]{
    {"ReduceSum", write_reduce}, {"ReduceMean", write_reduce}, {"ReduceMax", write_reduce},
    {"ReduceMin", write_reduce}, {"ReduceProd", write_reduce}, {"ReduceAny", write_reduce},
    {"ReduceAll", write_reduce}, {"ArgMax", write_arg_max},    {"ArgMin", write_arg_min},
    {"Softmax", write_softmax},  {"LRN", write_lrn},           {"L2Normalization", write_l2_normalization},
    {"CumSum", write_cum_sum},   {"TopK", write_top_k},        {"NonMaxSuppression", write_non_max_suppression},
};

}  // namespace

std::span<const WriteRow> reduction_writers() { return rows; }

}  // namespace tinsmith::tflite

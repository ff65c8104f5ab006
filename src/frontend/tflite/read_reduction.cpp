// Reductions, normalisations, scans and sorting.
#include "frontend/tflite/operator_reader.hpp"

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;
using Values = std::vector<ValueId>;

Values reduce(OperatorReader& r, const OpDef& def) {
    bool keepdims = r.options<ReducerOptions>().keep_dims();
    if (!r.is_constant(1))
        return {r.b.add(def, {r.operand(0), r.operand(1)}, {{"keepdims", keepdims}, {"shape", r.declared_type(0).shape}})};
    Ints axes = r.constant_ints(1);
    for (int64_t& axis : axes) axis = normalized_axis(axis, r.rank(0));
    return {r.b.add(def, {r.operand(0)}, {{"axes", axes}, {"keepdims", keepdims}})};
}

Values read_sum(OperatorReader& r) { return reduce(r, op::ReduceSum); }
Values read_mean(OperatorReader& r) { return reduce(r, op::ReduceMean); }
Values read_max(OperatorReader& r) { return reduce(r, op::ReduceMax); }
Values read_min(OperatorReader& r) { return reduce(r, op::ReduceMin); }
Values read_prod(OperatorReader& r) { return reduce(r, op::ReduceProd); }
Values read_any(OperatorReader& r) { return reduce(r, op::ReduceAny); }
Values read_all(OperatorReader& r) { return reduce(r, op::ReduceAll); }

Values arg(OperatorReader& r, const OpDef& def) {
    const Type& to = r.declared_type(0);
    check(to.dtype == DType::i32 || to.dtype == DType::i64, "its indices are {}", to_string(to));
    return {r.b.add(def, {r.operand(0)},
                    {{"axis", normalized_axis(r.constant_int(1), r.rank(0))}, {"dtype", std::string(dtype_name(to.dtype))}})};
}

Values read_arg_max(OperatorReader& r) { return arg(r, op::ArgMax); }
Values read_arg_min(OperatorReader& r) { return arg(r, op::ArgMin); }

Values read_softmax(OperatorReader& r) {
    Attrs attrs{{"beta", static_cast<double>(r.options<SoftmaxOptions>().beta())}};
    if (r.type(0).dtype == DType::i8 && r.declared_type(0).dtype == DType::i16) attrs.set("dtype", std::string("i16"));
    return {r.b.add(op::Softmax, {r.operand(0)}, std::move(attrs))};
}

Values read_l2_normalization(OperatorReader& r) {
    auto* options = r.optional_options<L2NormOptions>();
    return {r.activated(r.b.add(op::L2Normalization, {r.operand(0)}),
                        options ? options->activation() : ActivationFunctionType::NONE)};
}

Values read_lrn(OperatorReader& r) {
    const auto& options = r.options<LocalResponseNormalizationOptions>();
    return {r.b.add(op::LRN, {r.operand(0)},
                    {{"radius", int64_t{options.radius()}},
                     {"bias", static_cast<double>(options.bias())},
                     {"alpha", static_cast<double>(options.alpha())},
                     {"beta", static_cast<double>(options.beta())}})};
}

Values read_cum_sum(OperatorReader& r) {
    auto* options = r.optional_options<CumsumOptions>();
    Attrs attrs{{"exclusive", options && options->exclusive()}, {"reverse", options && options->reverse()}};
    if (!r.is_constant(1)) return {r.b.add(op::CumSum, {r.operand(0), r.operand(1)}, attrs)};
    attrs.set("axis", normalized_axis(r.constant_int(1), r.rank(0)));
    return {r.b.add(op::CumSum, {r.operand(0)}, attrs)};
}

Values read_top_k(OperatorReader& r) {
    if (!r.is_constant(1)) return r.b.add_all(op::TopK, {r.operand(0), r.operand(1)}, {{"shape", r.declared_type(0).shape}});
    return r.b.add_all(op::TopK, {r.operand(0)}, {{"k", r.constant_int(1)}});
}

Values read_non_max_suppression(OperatorReader& r) {
    return r.b.add_all(op::NonMaxSuppression, {r.operand(0), r.operand(1)},
                       {{"max_output", r.constant_int(2)}, {"iou", r.constant_real(3)}, {"score", r.constant_real(4)}});
}

constexpr ReadRow rows[]{
    {B::SUM, read_sum},
    {B::MEAN, read_mean},
    {B::REDUCE_MAX, read_max},
    {B::REDUCE_MIN, read_min},
    {B::REDUCE_PROD, read_prod},
    {B::REDUCE_ANY, read_any},
    {B::REDUCE_ALL, read_all},
    {B::ARG_MAX, read_arg_max},
    {B::ARG_MIN, read_arg_min},
    {B::SOFTMAX, read_softmax},
    {B::L2_NORMALIZATION, read_l2_normalization},
    {B::LOCAL_RESPONSE_NORMALIZATION, read_lrn},
    {B::CUMSUM, read_cum_sum},
    {B::TOPK_V2, read_top_k},
    {B::NON_MAX_SUPPRESSION_V4, read_non_max_suppression},
};

}  // namespace

std::span<const ReadRow> reduction_readers() { return rows; }

}  // namespace tinsmith::tflite

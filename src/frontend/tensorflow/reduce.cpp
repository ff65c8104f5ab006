// Reductions and operators along one axis.
#include "frontend/compose/formula.hpp"
#include "frontend/tensorflow/element.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

ValueId reduced(NodeReader& r, const OpDef& op, ValueId x) {
    const Ints axes = normalized_axes(r.ints(1), r.rank(0));
    return axes.empty() ? x : Compose(r.b).reduce(op, x, axes, r.flag("keep_dims"));
}

std::vector<Operand> simple(NodeReader& r, const OpDef& op) { return {reduced(r, op, r.operand(0))}; }

std::vector<Operand> arg(NodeReader& r, const OpDef& op) {
    const int64_t axis = r.has(1) ? normalized_axis(r.integer(1), r.rank(0)) : 0;
    const DType dtype = dtype_of(static_cast<DataType>(r.integer("output_type", int64_t{9})));
    return {r.b.add(op, {r.operand(0)}, {{"axis", axis}, {"dtype", std::string(dtype_name(dtype))}})};
}

}  // namespace

std::vector<Operand> reduce_sum(NodeReader& r) { return simple(r, op::ReduceSum); }
std::vector<Operand> reduce_mean(NodeReader& r) { return simple(r, op::ReduceMean); }
std::vector<Operand> reduce_prod(NodeReader& r) { return simple(r, op::ReduceProd); }
std::vector<Operand> reduce_max(NodeReader& r) { return simple(r, op::ReduceMax); }
std::vector<Operand> reduce_min(NodeReader& r) { return simple(r, op::ReduceMin); }
std::vector<Operand> reduce_all(NodeReader& r) { return simple(r, op::ReduceAll); }
std::vector<Operand> reduce_any(NodeReader& r) { return simple(r, op::ReduceAny); }

std::vector<Operand> euclidean_norm(NodeReader& r) {
    return {sqrt(Formula(r.b, reduced(r, op::ReduceSum, r.b.add(op::Square, {r.operand(0)}))))};
}

// sum(x^2) / 2, over everything.
std::vector<Operand> l2_loss(NodeReader& r) {
    const ValueId squares = r.b.add(op::Square, {r.operand(0)});
    return {Formula(r.b, Compose(r.b).reduce(op::ReduceSum, squares, iota(r.rank(0)), false)) * 0.5};
}

std::vector<Operand> arg_max(NodeReader& r) { return arg(r, op::ArgMax); }
std::vector<Operand> arg_min(NodeReader& r) { return arg(r, op::ArgMin); }

std::vector<Operand> cumsum(NodeReader& r) {
    return {r.b.add(op::CumSum, {r.operand(0)},
                    {{"axis", normalized_axis(r.integer(1), r.rank(0))},
                     {"exclusive", r.flag("exclusive")},
                     {"reverse", r.flag("reverse")}})};
}

std::vector<Operand> top_k(NodeReader& r) {
    const auto both = r.b.add_all(op::TopK, {r.operand(0)}, {{"k", r.has(1) ? r.integer(1) : r.integer("k")}});
    return {both[0], both[1]};
}

}  // namespace tinsmith::tensorflow::from_tensorflow

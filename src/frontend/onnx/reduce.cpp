// Reductions. Axes are an attribute or, in newer opsets, an input; those computed at run time follow from the declared output
// where it tells which dimensions are gone, else they stay an operand.
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

struct Axes {
    Ints known;
    ValueId at_run_time = no_value;
    Shape shape;  // of the result, for axes at run time
    bool keep = true;
};

// The axes that turn `in` into `out`; nothing when several sets do.
std::optional<Ints> deduced_axes(const Shape& in, const Shape& out, bool keep) {
    std::optional<Ints> found;
    if (in.size() > 8) return std::nullopt;
    for (uint32_t mask = 0; mask < 1u << in.size(); ++mask) {
        Ints axes;
        Shape left;
        bool ones = true;  // only extents of 1 are reduced beyond what another set reduces: no difference
        for (size_t d = 0; d < in.size(); ++d) {
            bool reduced = mask >> d & 1;
            if (reduced) axes.push_back(static_cast<int64_t>(d));
            if (!reduced || keep) left.push_back(reduced ? 1 : in[d]);
            ones = ones && !(reduced && keep && in[d] == 1);
        }
        if (left != out || !ones) continue;
        if (found) return std::nullopt;
        found = axes;
    }
    return found;
}

Axes axes_of(NodeReader& r) {
    Axes a;
    a.keep = r.integer("keepdims", 1) != 0;
    Shape in = r.shape(0);
    auto listed = r.integers("axes");
    if (!listed && r.has(1)) {
        if (r.is_constant(1)) {
            listed = r.constant_ints(1);
        } else if (r.type(1).elements() == 0) {
            listed = Ints{};
        } else {
            const Shape* declared = declared_shape(r);
            if (!declared) required_ints(r, 1);
            if (auto deduced = deduced_axes(in, *declared, a.keep)) {
                a.known = *deduced;
                return a;
            }
            a.at_run_time = r.operand(1);
            a.shape = *declared;
            return a;
        }
    }
    bool none = !listed || listed->empty();
    if (!none)
        a.known = normalized_axes(*listed, std::ssize(in));
    else if (r.integer("noop_with_empty_axes", 0) == 0)
        a.known = iota(std::ssize(in));
    return a;
}

Formula reduced(const OpDef& op, Formula x, const Axes& a) {
    Builder& b = x.b();
    // Of nothing, the result is a constant; TFLite's kernels do not agree on it.
    if (Type type = b.type(x); type.elements() == 0) x = {b, b.splat(0, type)};
    if (a.at_run_time == no_value) {
        if (a.known.empty()) return x;
        return apply(op, x, {{"axes", a.known}, {"keepdims", a.keep}});
    }
    return {b, b.add(op, {x, to_i32(b, a.at_run_time)}, {{"keepdims", a.keep}, {"shape", a.shape}})};
}

std::vector<ValueId> simple(NodeReader& r, const OpDef& op) { return {reduced(op, {r.b, r.operand(0)}, axes_of(r))}; }

Formula operand(NodeReader& r) { return {r.b, r.operand(0)}; }

std::vector<ValueId> extreme(NodeReader& r, const OpDef& numbers, const OpDef& flags) {
    return simple(r, r.type(0).dtype == DType::boolean ? flags : numbers);
}

}  // namespace

std::vector<ValueId> reduce_sum(NodeReader& r) { return simple(r, op::ReduceSum); }
std::vector<ValueId> reduce_mean(NodeReader& r) { return simple(r, op::ReduceMean); }
std::vector<ValueId> reduce_prod(NodeReader& r) { return simple(r, op::ReduceProd); }
std::vector<ValueId> reduce_max(NodeReader& r) { return extreme(r, op::ReduceMax, op::ReduceAny); }
std::vector<ValueId> reduce_min(NodeReader& r) { return extreme(r, op::ReduceMin, op::ReduceAll); }
std::vector<ValueId> reduce_l1(NodeReader& r) { return {reduced(op::ReduceSum, abs(operand(r)), axes_of(r))}; }
std::vector<ValueId> reduce_sum_square(NodeReader& r) {
    Formula x = operand(r);
    return {reduced(op::ReduceSum, x * x, axes_of(r))};
}
std::vector<ValueId> reduce_l2(NodeReader& r) {
    Formula x = operand(r);
    return {sqrt(reduced(op::ReduceSum, x * x, axes_of(r)))};
}
std::vector<ValueId> reduce_log_sum(NodeReader& r) { return {log(reduced(op::ReduceSum, operand(r), axes_of(r)))}; }

// log(sum(exp(x - max))) + max, which does not overflow.
std::vector<ValueId> reduce_log_sum_exp(NodeReader& r) {
    Formula x = operand(r);
    Axes a = axes_of(r);
    if (r.type(0).elements() == 0 || a.at_run_time != no_value) return {log(reduced(op::ReduceSum, exp(x), a))};
    if (a.known.empty()) return {x};
    Axes kept = a;
    kept.keep = true;
    Formula most = reduced(op::ReduceMax, x, kept);
    Formula rest = log(reduced(op::ReduceSum, exp(x - most), kept));
    Formula sum = rest + most;
    Shape out;
    for (size_t d = 0; d < r.shape(0).size(); ++d)
        if (a.keep || std::find(a.known.begin(), a.known.end(), static_cast<int64_t>(d)) == a.known.end())
            out.push_back(r.b.shape(sum)[d]);
    if (a.keep) return {sum};
    return {r.b.add(op::Reshape, {sum}, {{"shape", out}})};
}

}  // namespace tinsmith::from_onnx

// Reductions, cumulative ones, and what ranks.
#include "frontend/torch/operand.hpp"

#include <cmath>

namespace tinsmith::torch::from_torch {

namespace {

// Integers are summed in i64, in the i32 that TFLite's kernels have where that is all there is.
ValueId summable(NodeReader& r, ValueId x) {
    if (const auto wanted = r.dtype("dtype")) return r.m.cast(x, *wanted);
    const DType dtype = r.m.dtype(x);
    return is_float(dtype) || dtype == DType::i64 ? x : r.m.cast(x, DType::i64);
}

ValueId reduced(NodeReader& r, const OpDef& op, ValueId x) {
    const int64_t rank = std::ssize(r.m.shape(x));
    if (rank == 0) return x;
    return r.m.reduce(op, x, r.axes("dim", rank), r.flag("keepdim", false));
}

ValueId as_boolean(NodeReader& r, ValueId x) {
    return r.m.dtype(x) == DType::boolean ? x : static_cast<ValueId>(formula(r, x) != 0);
}

struct Spread {
    Formula mean, variance;
};

Spread spread(NodeReader& r, double fallback) {
    const Formula x = formula(r, float_operand(r, "self"));
    const int64_t rank = std::ssize(r.m.shape(x));
    const Ints dims = r.axes("dim", rank);
    const bool keep = r.flag("keepdim", false);
    double count = 1;
    for (int64_t d : dims) count *= static_cast<double>(r.m.shape(x)[static_cast<size_t>(d)]);
    double correction = r.real("correction", fallback);
    if (r.has("unbiased")) correction = r.flag("unbiased", true) ? 1 : 0;
    const double divisor = std::max(0.0, count - correction);
    const Formula mean = formula(r, r.m.reduce(op::ReduceMean, x, dims, true));
    const Formula squares = formula(r, r.m.reduce(op::ReduceMean, square(x - mean), dims, keep));
    const Formula variance = divisor == count ? squares : squares * (count / divisor);
    return {keep ? mean : formula(r, r.m.reduce(op::ReduceMean, x, dims, false)), variance};
}

std::vector<ValueId> arg(NodeReader& r, const OpDef& op) {
    ValueId x = r.tensor("self");
    if (r.m.dtype(x) == DType::i64) x = r.m.cast(x, DType::i32);
    Shape shape = r.m.shape(x);
    const bool keep = r.flag("keepdim", false);
    if (!r.has("dim")) {
        const int64_t count = element_count(shape);
        const ValueId at = r.b.add(op, {r.m.reshape(x, {count})}, {{"axis", int64_t{0}}, {"dtype", std::string("i64")}});
        return {r.m.reshape(at, keep ? Shape(shape.size(), 1) : Shape{})};
    }
    if (shape.empty()) return {r.b.longs({0}, {})};
    const int64_t axis = r.axis("dim", std::ssize(shape));
    const ValueId at = r.b.add(op, {x}, {{"axis", axis}, {"dtype", std::string("i64")}});
    shape[static_cast<size_t>(axis)] = 1;
    return {keep ? r.m.reshape(at, shape) : at};
}

// The extreme and where it is, along an axis; the extreme of everything; or of two tensors.
std::vector<ValueId> extreme(NodeReader& r, const OpDef& reduce, const OpDef& arg_of, Convert of_two) {
    if (r.has("other")) return of_two(r);
    const ValueId x = r.tensor("self");
    std::vector<ValueId> out{reduced(r, reduce, x)};
    if (r.has("dim") && r.wants(1)) out.push_back(arg(r, arg_of)[0]);
    return out;
}

// x from the smallest to the largest is -x from the largest to the smallest.
std::vector<ValueId> ranked(NodeReader& r, int64_t k, bool largest) {
    const ValueId x = r.tensor("self");
    const DType dtype = r.m.dtype(x);
    supported(is_float(dtype) || dtype == DType::i32 || dtype == DType::i64, "ranking {}", to_string(r.b.type(x)));
    const Shape s = r.m.shape(x);
    if (s.empty()) return {x, r.b.longs({0}, {})};
    const int64_t axis = r.axis("dim", std::ssize(s), -1);
    check(k >= 0 && k <= s[static_cast<size_t>(axis)], "{} of {} elements", k, s[static_cast<size_t>(axis)]);
    Ints perm = iota(std::ssize(s));
    std::swap(perm[static_cast<size_t>(axis)], perm.back());
    auto turned = [&](ValueId v) { return r.m.transpose(v, perm); };
    ValueId last = turned(x);
    if (!largest) last = r.m.unary(op::Neg, last);
    const auto top = r.b.add_all(op::TopK, {last}, {{"k", k}});
    return {turned(largest ? top[0] : r.m.unary(op::Neg, top[0])), turned(r.m.cast(top[1], DType::i64))};
}

// The k-th of the elements from the smallest on, k from 1, and where it is.
std::vector<ValueId> kth_smallest(NodeReader& r, int64_t k) {
    const Shape s = r.shape("self");
    if (s.empty()) return {r.tensor("self"), r.b.longs({0}, {})};
    const int64_t axis = r.axis("dim", std::ssize(s), -1);
    Shape out = s;
    if (r.flag("keepdim", false))
        out[static_cast<size_t>(axis)] = 1;
    else
        out.erase(out.begin() + axis);
    auto both = ranked(r, k, false);
    for (ValueId& v : both) v = r.m.reshape(r.m.slice(v, axis, k - 1, k), out);
    return both;
}

}  // namespace

std::vector<ValueId> kthvalue(NodeReader& r) { return kth_smallest(r, r.integer("k")); }

// The lower of the two in the middle.
std::vector<ValueId> median(NodeReader& r) {
    const Shape s = r.shape("self");
    if (r.has("dim") && !s.empty()) return kth_smallest(r, (s[static_cast<size_t>(r.axis("dim", std::ssize(s)))] + 1) / 2);
    const int64_t count = element_count(s), k = (count + 1) / 2;
    check(count >= 1, "the median of nothing");
    const ValueId flat = r.m.reshape(r.tensor("self"), {count});
    const auto top = r.b.add_all(op::TopK, {flat}, {{"k", count - k + 1}});
    return {r.m.reshape(r.m.slice(top[0], 0, count - k, count - k + 1), {})};
}

std::vector<ValueId> count_nonzero(NodeReader& r) {
    return {reduced(r, op::ReduceSum, r.m.cast(as_boolean(r, r.tensor("self")), DType::i64))};
}

std::vector<ValueId> aminmax(NodeReader& r) {
    const ValueId x = r.tensor("self");
    return {reduced(r, op::ReduceMin, x), reduced(r, op::ReduceMax, x)};
}

// How many of the sorted boundaries are below x, or, to the right, not above it.
std::vector<ValueId> bucketize(NodeReader& r) {
    const Formula x = real_input(r), boundaries = real_input(r, "boundaries");
    Shape wide = r.m.shape(x);
    wide.push_back(1);
    const Formula one = formula(r, r.m.reshape(x, wide));
    const Formula below = r.flag("right", false) ? boundaries <= one : boundaries < one;
    const ValueId count = r.m.reduce(op::ReduceSum, cast(below, DType::i32), {std::ssize(wide) - 1}, false);
    return {r.m.cast(count, r.flag("out_int32", false) ? DType::i32 : DType::i64)};
}

std::vector<ValueId> sum(NodeReader& r) { return {as_declared(r, reduced(r, op::ReduceSum, summable(r, r.tensor("self"))))}; }
std::vector<ValueId> mean(NodeReader& r) {
    const ValueId x = r.tensor("self");
    return {reduced(r, op::ReduceMean, r.m.cast(x, r.dtype("dtype").value_or(r.m.dtype(x))))};
}
std::vector<ValueId> prod(NodeReader& r) { return {as_declared(r, reduced(r, op::ReduceProd, summable(r, r.tensor("self"))))}; }
std::vector<ValueId> amax(NodeReader& r) { return {reduced(r, op::ReduceMax, r.tensor("self"))}; }
std::vector<ValueId> amin(NodeReader& r) { return {reduced(r, op::ReduceMin, r.tensor("self"))}; }
std::vector<ValueId> max(NodeReader& r) { return extreme(r, op::ReduceMax, op::ArgMax, maximum); }
std::vector<ValueId> min(NodeReader& r) { return extreme(r, op::ReduceMin, op::ArgMin, minimum); }
std::vector<ValueId> argmax(NodeReader& r) { return arg(r, op::ArgMax); }
std::vector<ValueId> argmin(NodeReader& r) { return arg(r, op::ArgMin); }
std::vector<ValueId> any(NodeReader& r) { return {reduced(r, op::ReduceAny, as_boolean(r, r.tensor("self")))}; }
std::vector<ValueId> all(NodeReader& r) { return {reduced(r, op::ReduceAll, as_boolean(r, r.tensor("self")))}; }

std::vector<ValueId> var(NodeReader& r) { return {spread(r, 1).variance}; }
std::vector<ValueId> std_(NodeReader& r) { return {sqrt(spread(r, 1).variance)}; }
std::vector<ValueId> var_mean(NodeReader& r) {
    const Spread s = spread(r, 1);
    return {s.variance, s.mean};
}
std::vector<ValueId> std_mean(NodeReader& r) {
    const Spread s = spread(r, 1);
    return {sqrt(s.variance), s.mean};
}

std::vector<ValueId> logsumexp(NodeReader& r) {
    const Formula x = real_input(r);
    const Ints dims = r.axes("dim", std::ssize(r.m.shape(x)));
    const Formula high = formula(r, r.m.reduce(op::ReduceMax, x, dims, true));
    const Formula total = log(formula(r, r.m.reduce(op::ReduceSum, exp(x - high), dims, true))) + high;
    if (r.flag("keepdim", false)) return {total};
    return {r.m.reduce(op::ReduceSum, total, dims, false)};
}

std::vector<ValueId> cumsum(NodeReader& r) {
    const ValueId x = summable(r, r.tensor("self"));
    if (r.m.shape(x).empty()) return {x};
    return {r.b.add(op::CumSum, {x}, {{"axis", r.axis("dim", std::ssize(r.m.shape(x)))}})};
}

std::vector<ValueId> topk(NodeReader& r) { return ranked(r, r.integer("k"), r.flag("largest", true)); }

std::vector<ValueId> sort(NodeReader& r) {
    const Shape s = r.shape("self");
    const int64_t axis = r.axis("dim", std::ssize(s), -1);
    return ranked(r, s.empty() ? 1 : s[static_cast<size_t>(axis)], r.flag("descending", false));
}

std::vector<ValueId> argsort(NodeReader& r) { return {sort(r)[1]}; }

}  // namespace tinsmith::torch::from_torch

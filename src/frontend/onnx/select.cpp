// Operators that rank or accumulate along one axis.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

static std::vector<ValueId> arg(NodeReader& r, const OpDef& op) {
    Compose c(r.b);
    Shape out = r.shape(0);
    int64_t axis = normalized_axis(r.integer("axis", 0), std::ssize(out)), extent = out[static_cast<size_t>(axis)];
    bool last = r.integer("select_last_index", 0) != 0;
    ValueId x = r.operand(0);
    if (last) x = r.b.add(op::Reverse, {x}, {{"axes", Ints{axis}}});
    ValueId at = r.b.add(op, {x}, {{"axis", axis}, {"dtype", std::string("i64")}});
    if (last) at = c.sub(c.number(static_cast<double>(extent - 1), at), at);
    if (r.integer("keepdims", 1) == 0) return {at};
    out[static_cast<size_t>(axis)] = 1;
    return {c.reshape(at, out)};
}

std::vector<ValueId> arg_max(NodeReader& r) { return arg(r, op::ArgMax); }
std::vector<ValueId> arg_min(NodeReader& r) { return arg(r, op::ArgMin); }

// What orders elements the other way round: -x, or ~x = -1 - x where -x would overflow or x has no sign.
static ValueId opposite(Builder& b, ValueId x) {
    Compose c(b);
    DType dtype = c.dtype(x);
    if (is_float(dtype)) return b.add(op::Neg, {x});
    if (is_signed(dtype)) return c.sub(c.number(-1, x), x);
    supported(dtype_bits(dtype) < 64, "the smallest elements of {}", to_string(b.type(x)));
    return c.sub(c.number(static_cast<double>((uint64_t{1} << dtype_bits(dtype)) - 1), x), x);
}

std::vector<ValueId> top_k(NodeReader& r) {
    Compose c(r.b);
    Shape in = r.shape(0);
    int64_t rank = std::ssize(in), axis = normalized_axis(r.integer("axis", -1), rank), k;
    const Shape* declared = declared_shape(r);
    if (!declared) declared = declared_shape(r, 1);
    if (r.has_attribute("k")) {
        k = r.integer("k");
    } else if (!r.is_constant(1) && declared) {
        check(std::ssize(*declared) == rank, "the output is declared as {}, the input is {}", to_string(*declared),
              to_string(in));
        k = (*declared)[static_cast<size_t>(axis)];
    } else {
        r.operand(1);
        k = scalar_int(r, 1, 0);
    }
    bool smallest = r.opset >= 11 && r.integer("largest", 1) == 0;
    Ints perm = iota(rank);
    std::swap(perm[static_cast<size_t>(axis)], perm.back());
    ValueId x = c.transpose(r.operand(0), perm);
    auto both = r.b.add_all(op::TopK, {smallest ? opposite(r.b, x) : x}, {{"k", k}});
    ValueId values = c.transpose(smallest ? opposite(r.b, both[0]) : both[0], perm);
    if (!r.wants(1)) return {values};
    return {values, c.cast(c.transpose(both[1], perm), DType::i64)};
}

std::vector<ValueId> cum_sum(NodeReader& r) {
    Attrs attrs{{"exclusive", r.integer("exclusive", 0) != 0}, {"reverse", r.integer("reverse", 0) != 0}};
    r.operand(1);
    if (r.is_constant(1) || r.rank(0) == 1) {
        attrs.set("axis", r.rank(0) == 1 ? 0 : normalized_axis(scalar_int(r, 1, 0), r.rank(0)));
        return {r.b.add(op::CumSum, {r.operand(0)}, attrs)};
    }
    return {r.b.add(op::CumSum, {r.operand(0), Compose(r.b).reshape(to_i32(r.b, r.operand(1)), {})}, attrs)};
}

// The distinct elements (or slices along an axis) of a constant.
std::vector<ValueId> unique(NodeReader& r) {
    Compose c(r.b);
    supported(r.is_constant(0),
              "how many distinct elements there are is known at run time only, and TFLite's shapes are static");
    bool flat = !r.has_attribute("axis");
    ValueId x = flat ? c.reshape(r.operand(0), {r.type(0).elements()}) : r.operand(0);
    int64_t axis = flat ? 0 : normalized_axis(r.integer("axis"), r.rank(0)), count = c.shape(x)[static_cast<size_t>(axis)];
    Ints perm = iota(std::ssize(c.shape(x)));
    std::swap(perm[0], perm[static_cast<size_t>(axis)]);
    std::vector<float> all = r.b.graph.constant_floats(c.transpose(x, perm));
    size_t width = count ? all.size() / static_cast<size_t>(count) : 0;
    auto slice = [&](int64_t i) { return std::span(all).subspan(static_cast<size_t>(i) * width, width); };
    auto compare = [&](int64_t a, int64_t b) {
        return std::lexicographical_compare(slice(a).begin(), slice(a).end(), slice(b).begin(), slice(b).end());
    };
    Ints order = iota(count);
    std::stable_sort(order.begin(), order.end(), compare);
    Ints first, group(static_cast<size_t>(count));  // the first of each kind, in sorted order; the kind of each slice
    for (size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || compare(order[i - 1], order[i])) first.push_back(order[i]);
        group[static_cast<size_t>(order[i])] = std::ssize(first) - 1;
    }
    if (r.integer("sorted", 1) == 0) {  // kinds in the order of their first appearance
        Ints by_place = iota(std::ssize(first)), rank(first.size());
        std::sort(by_place.begin(), by_place.end(),
                  [&](int64_t a, int64_t b) { return first[static_cast<size_t>(a)] < first[static_cast<size_t>(b)]; });
        for (size_t i = 0; i < by_place.size(); ++i) rank[static_cast<size_t>(by_place[i])] = static_cast<int64_t>(i);
        for (int64_t& g : group) g = rank[static_cast<size_t>(g)];
        std::sort(first.begin(), first.end());
    }
    Ints counts(first.size(), 0);
    for (int64_t g : group) ++counts[static_cast<size_t>(g)];
    int64_t kinds = std::ssize(first);
    ValueId indices = r.b.longs(first, {kinds});
    ValueId values = r.b.add(op::Gather, {x, indices}, {{"axis", axis}});
    return {values, indices, r.b.longs(group, {count}), r.b.longs(counts, {kinds})};
}

}  // namespace tinsmith::from_onnx

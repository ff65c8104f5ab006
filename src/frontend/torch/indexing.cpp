// Operators that read and write where indices say.
#include "frontend/compose/scatter.hpp"
#include "frontend/torch/operand.hpp"

#include <algorithm>

namespace tinsmith::torch::from_torch {

namespace {

// Of indices that PyTorch does not count from the end.
ValueId rows_of(NodeReader& r, ValueId table, ValueId indices, int64_t axis) {
    return r.b.add(op::Gather, {table, indices}, {{"axis", axis}});
}

std::string reduction_of(const std::string& name) {
    if (name == "sum" || name == "add") return "add";
    if (name == "prod" || name == "multiply") return "mul";
    if (name == "amax") return "max";
    if (name == "amin") return "min";
    fail(Fault::unsupported, "the reduction '{}'", name);
}

// src as large as the indices, which may be smaller than it.
ValueId updates_like(NodeReader& r, ValueId indices) {
    const Shape at = r.m.shape(indices);
    const ValueId x = r.tensor("self");
    const bool value = r.has("value");
    ValueId src = r.m.cast(r.tensor(value ? "value" : "src"), r.m.dtype(x));
    if (value) return r.m.expand(r.m.reshape(src, {}), at);
    for (size_t d = 0; d < at.size(); ++d) {
        check(r.m.shape(src).size() == at.size() && at[d] <= r.m.shape(src)[d], "indices {} do not fit updates {}",
              to_string(at), to_string(r.m.shape(src)));
        src = r.m.slice(src, static_cast<int64_t>(d), 0, at[d]);
    }
    return src;
}

std::vector<ValueId> scattered(NodeReader& r, const std::string& reduction) {
    const ValueId x = r.tensor("self"), index = r.tensor("index");
    if (r.m.shape(x).empty()) return {updates_like(r, index)};
    return {scatter_elements(r.m, x, index, updates_like(r, index), r.axis("dim", std::ssize(r.m.shape(x))), reduction)};
}

// Which of a list of index tensors are there, their dimensions next to each other.
struct Indexed {
    size_t first = 0, count = 0;
    std::vector<ValueId> at;  // i32, broadcast to one shape
};

Indexed indexed(NodeReader& r, const Shape& s) {
    auto all = r.tensors("indices");
    check(all.size() <= s.size(), "{} indices for {} dimensions", all.size(), s.size());
    Indexed out;
    std::vector<size_t> there;
    for (size_t d = 0; d < all.size(); ++d)
        if (all[d] != no_value) there.push_back(d);
    check(!there.empty(), "no index is given");
    out.first = there[0];
    out.count = there.size();
    supported(there.back() - there.front() + 1 == there.size(), "indices of dimensions that are not neighbours");
    Shape shape;
    for (size_t d : there) {
        supported(
            r.m.dtype(all[d]) != DType::boolean || r.b.graph.is_constant(all[d]),
            "how many elements a mask chooses is known at run time only, and TFLite's shapes are static; use torch.where");
        supported(r.m.dtype(all[d]) != DType::boolean, "a mask as an index; use torch.where");
        shape = broadcast(shape, r.m.shape(all[d]));
    }
    for (size_t d : there) out.at.push_back(r.m.expand(r.m.cast(from_the_front(r.b, all[d], {s[d]}), DType::i32), shape));
    return out;
}

// The dimensions that the indices name in front.
ValueId indexed_first(NodeReader& r, ValueId x, const Indexed& i, Ints& perm) {
    perm.clear();
    for (size_t d = 0; d < i.count; ++d) perm.push_back(static_cast<int64_t>(i.first + d));
    for (int64_t d = 0; d < std::ssize(r.m.shape(x)); ++d)
        if (d < static_cast<int64_t>(i.first) || d >= static_cast<int64_t>(i.first + i.count)) perm.push_back(d);
    return r.m.transpose(x, perm);
}

ValueId coordinates(NodeReader& r, const Indexed& i) {
    std::vector<ValueId> columns;
    Shape wide = r.m.shape(i.at[0]);
    wide.push_back(1);
    for (ValueId at : i.at) columns.push_back(r.m.reshape(at, wide));
    return r.m.concat(columns, std::ssize(wide) - 1);
}

}  // namespace

std::vector<ValueId> embedding(NodeReader& r) { return {rows_of(r, r.tensor("weight"), r.tensor("indices"), 0)}; }

std::vector<ValueId> index_select(NodeReader& r) {
    const ValueId x = r.tensor("self");
    if (r.m.shape(x).empty()) return {x};
    ValueId index = r.tensor("index");
    if (r.m.shape(index).empty()) index = r.m.reshape(index, {1});
    return {rows_of(r, x, index, r.axis("dim", std::ssize(r.m.shape(x))))};
}

std::vector<ValueId> gather(NodeReader& r) {
    const ValueId x = r.tensor("self"), index = r.tensor("index");
    if (r.m.shape(x).empty()) return {r.m.reshape(x, r.m.shape(index))};
    return {gather_elements(r.m, x, index, r.axis("dim", std::ssize(r.m.shape(x))))};
}

std::vector<ValueId> take_along_dim(NodeReader& r) {
    const ValueId x = r.tensor("self"), index = r.tensor("indices");
    if (!r.has("dim")) {
        const ValueId flat = r.m.reshape(x, {r.b.type(x).elements()});
        const ValueId at = from_the_front(r.b, r.m.reshape(index, {r.b.type(index).elements()}), r.m.shape(flat));
        return {rows_of(r, flat, at, 0)};
    }
    const int64_t axis = r.axis("dim", std::ssize(r.m.shape(x)));
    Shape of_x = r.m.shape(x), of_index = r.m.shape(index);
    check(of_x.size() == of_index.size(), "indices {} for {}", to_string(of_index), to_string(of_x));
    for (size_t d = 0; d < of_x.size(); ++d)
        if (static_cast<int64_t>(d) != axis) of_x[d] = of_index[d] = std::max(of_x[d], of_index[d]);
    return {gather_elements(r.m, r.m.expand(x, of_x), r.m.expand(index, of_index), axis)};
}

std::vector<ValueId> scatter(NodeReader& r) {
    return scattered(r, r.has("reduce") ? reduction_of(r.text("reduce", "")) : "none");
}
std::vector<ValueId> scatter_add(NodeReader& r) { return scattered(r, "add"); }
std::vector<ValueId> scatter_reduce(NodeReader& r) {
    supported(r.flag("include_self", true), "a reduction that leaves out what is there (include_self=False)");
    return scattered(r, reduction_of(r.text("reduce", "")));
}

// x[i], x[i, j], x[:, i], ...: the indexed dimensions are neighbours, and the result has theirs in the place of the first.
std::vector<ValueId> index(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const Shape s = r.m.shape(x);
    const Indexed i = indexed(r, s);
    if (i.count == 1) return {r.b.add(op::Gather, {x, i.at[0]}, {{"axis", static_cast<int64_t>(i.first)}})};
    Ints perm;
    ValueId y = r.b.add(op::GatherND, {indexed_first(r, x, i, perm), coordinates(r, i)});
    const int64_t dims = std::ssize(r.m.shape(i.at[0])), first = static_cast<int64_t>(i.first);
    Ints back;  // those before the first index go back to the front
    for (int64_t d = 0; d < first; ++d) back.push_back(dims + d);
    for (int64_t d = 0; d < dims; ++d) back.push_back(d);
    for (int64_t d = dims + first; d < std::ssize(r.m.shape(y)); ++d) back.push_back(d);
    return {r.m.transpose(y, back)};
}

std::vector<ValueId> index_put(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const Shape s = r.m.shape(x);
    const auto all = r.tensors("indices");
    ValueId values = r.m.cast(r.tensor("values"), r.m.dtype(x));
    const bool accumulate = r.flag("accumulate", false);
    if (all.size() == 1 && all[0] != no_value && r.m.dtype(all[0]) == DType::boolean && r.b.type(values).elements() == 1 &&
        !accumulate) {
        Shape mask = r.m.shape(all[0]);
        mask.resize(s.size(), 1);
        return {r.b.add(op::Where, {r.m.reshape(all[0], mask), r.m.reshape(values, {}), x})};
    }
    const Indexed i = indexed(r, s);
    Ints perm;
    const ValueId first = indexed_first(r, x, i, perm);
    const Shape turned = r.m.shape(first);
    Shape updates = r.m.shape(i.at[0]);
    const int64_t dims = std::ssize(updates), before = static_cast<int64_t>(i.first);
    // The values are shaped as x[indices] is.
    Shape as_read(s.begin(), s.begin() + before);
    as_read.insert(as_read.end(), updates.begin(), updates.end());
    as_read.insert(as_read.end(), s.begin() + static_cast<std::ptrdiff_t>(i.first + i.count), s.end());
    values = r.m.expand(values, as_read);
    Ints order;
    for (int64_t d = 0; d < dims; ++d) order.push_back(before + d);
    for (int64_t d = 0; d < before; ++d) order.push_back(d);
    for (int64_t d = before + dims; d < std::ssize(as_read); ++d) order.push_back(d);
    values = r.m.transpose(values, order);
    const ValueId y = scatter_nd(r.m, first, coordinates(r, i), values, accumulate ? "add" : "none");
    Ints inverse(perm.size());
    for (size_t d = 0; d < perm.size(); ++d) inverse[static_cast<size_t>(perm[d])] = static_cast<int64_t>(d);
    return {r.m.transpose(y, inverse)};
}

namespace {

// Rows of x along an axis, where a vector of indices says, are those of src.
std::vector<ValueId> rows_written(NodeReader& r, ValueId src, const std::string& reduction) {
    const ValueId x = r.tensor("self");
    const Shape s = r.m.shape(x);
    supported(!s.empty(), "rows of a scalar");
    const int64_t axis = r.axis("dim", std::ssize(s)), count = r.b.type(r.tensor("index")).elements();
    const ValueId rows = r.m.cast(from_the_front(r.b, r.tensor("index"), {s[static_cast<size_t>(axis)]}), DType::i32);
    Shape part = s;
    part[static_cast<size_t>(axis)] = count;
    src = r.m.expand(r.m.cast(src, r.m.dtype(x)), part);
    Ints perm = iota(std::ssize(s));
    std::swap(perm[0], perm[static_cast<size_t>(axis)]);
    const ValueId y =
        scatter_nd(r.m, r.m.transpose(x, perm), r.m.reshape(rows, {count, 1}), r.m.transpose(src, perm), reduction);
    return {r.m.transpose(y, perm)};
}

}  // namespace

std::vector<ValueId> index_copy(NodeReader& r) { return rows_written(r, r.tensor("source"), "none"); }
std::vector<ValueId> index_fill(NodeReader& r) { return rows_written(r, r.m.reshape(r.tensor("value"), {}), "none"); }
std::vector<ValueId> index_add(NodeReader& r) {
    const ValueId source = r.tensor("source");
    return rows_written(r, r.is_number("alpha") ? r.m.scaled(source, r.real("alpha")) : source, "add");
}

std::vector<ValueId> take(NodeReader& r) {
    const ValueId flat = r.m.reshape(r.tensor("self"), {r.b.type(r.tensor("self")).elements()});
    return {rows_of(r, flat, from_the_front(r.b, r.tensor("index"), r.m.shape(flat)), 0)};
}

std::vector<ValueId> one_hot(NodeReader& r) {
    const int64_t depth = r.integer("num_classes", -1);
    supported(depth >= 1, "num_classes is not given: it depends on the data");
    return {r.b.add(op::OneHot, {r.tensor("self")}, {{"depth", depth}, {"dtype", std::string("i64")}})};
}

// Sums, means or maxima of the rows of each bag. Bags are the rows of the indices, or begin at constant offsets.
std::vector<ValueId> embedding_bag(NodeReader& r) {
    const ValueId table = r.tensor("weight"), indices = r.tensor("indices"), offsets = r.tensor("offsets");
    const int64_t mode = r.integer("mode", 0), count = r.b.type(indices).elements();
    supported(r.b.graph.is_constant(offsets), "the offsets of its bags are computed at run time");
    supported(r.integer("padding_idx", -1) < 0, "a row that does not count (padding_idx)");
    Ints starts = r.b.graph.constant_ints(offsets);
    if (r.flag("include_last_offset", false) && !starts.empty()) starts.pop_back();
    ValueId rows = rows_of(r, table, r.m.reshape(indices, {count}), 0);
    if (r.has("per_sample_weights")) rows = r.m.mul(rows, r.m.reshape(r.tensor("per_sample_weights"), {count, 1}));
    const OpDef& reduce = mode == 0 ? op::ReduceSum : mode == 1 ? op::ReduceMean : op::ReduceMax;
    std::vector<ValueId> bags;
    supported(starts.size() <= 4096, "{} bags", starts.size());
    for (size_t i = 0; i < starts.size(); ++i) {
        const int64_t from = starts[i], to = i + 1 < starts.size() ? starts[i + 1] : count;
        check(from >= 0 && to >= from && to <= count, "a bag from {} to {} of {}", from, to, count);
        bags.push_back(from == to ? r.b.splat(0, {DType::f32, {1, r.m.shape(table)[1]}, {}})
                                  : r.m.reduce(reduce, r.m.slice(rows, 0, from, to), {0}, true));
    }
    check(!bags.empty(), "there are no bags");
    return {r.m.concat(bags, 0)};
}

}  // namespace tinsmith::torch::from_torch

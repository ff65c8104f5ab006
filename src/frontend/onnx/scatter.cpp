// Operators that write where indices say. Positions become numbers of slices: data [count, inner], positions [picks], updates
// [picks, inner].
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <cmath>
#include <limits>

namespace tinsmith::from_onnx {

namespace {

struct Scatter {
    ValueId data, positions, updates;
    int64_t count, picks, inner;
};

// Known positions: every slice of the result is one of the data or of the updates; the last update of a slice wins.
ValueId choose(Builder& b, const Scatter& s) {
    Ints source = iota(s.count), positions = b.graph.constant_ints(s.positions);
    for (size_t p = 0; p < positions.size(); ++p) {
        check(positions[p] >= 0 && positions[p] < s.count, "index {} is outside {} slices", positions[p], s.count);
        source[static_cast<size_t>(positions[p])] = s.count + static_cast<int64_t>(p);
    }
    ValueId all = Compose(b).concat({s.data, s.updates}, 0);
    return b.add(op::Gather, {all, integers(b, source, {s.count}, DType::i32)});
}

// Zeros with the updates added.
ValueId spread(Builder& b, const Scatter& s, ValueId updates) {
    Compose c(b);
    Ints shape{s.count, c.shape(updates)[1]};
    return b.add(op::ScatterND, {c.reshape(c.cast(s.positions, DType::i32), {s.picks, 1}), updates}, {{"shape", shape}});
}

ValueId replace(Builder& b, const Scatter& s) {
    if (b.graph.is_constant(s.positions)) return choose(b, s);
    Compose c(b);
    ValueId hits = spread(b, s, b.splat(1, {DType::i32, {s.picks, 1}, std::nullopt}));
    ValueId hit = b.add(op::Greater, {hits, c.number(0, hits)});
    bool flag = c.dtype(s.data) == DType::boolean;
    ValueId updates = flag ? c.cast(s.updates, DType::i32) : s.updates;
    ValueId written = spread(b, s, updates);
    if (flag) written = c.cast(written, DType::boolean);
    return b.add(op::Where, {hit, written, s.data});
}

double neutral(DType dtype, const std::string& reduction) {
    if (reduction == "mul") return 1;
    bool lowest = reduction == "max";
    if (is_float(dtype)) return lowest ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
    double bits = static_cast<double>(dtype_bits(dtype)) - (is_signed(dtype) ? 1 : 0);
    if (lowest) return is_signed(dtype) ? -std::exp2(bits) : 0;
    return std::exp2(bits) - (bits > 52 ? std::exp2(bits - 52) : 1);  // below the largest by what a double cannot tell
}

// Products, largest and smallest: each update is laid over all slices (the neutral element where it does not belong) and
// reduced.
ValueId combine(Builder& b, const Scatter& s, const std::string& reduction) {
    Compose c(b);
    supported(s.picks * s.count <= (int64_t{1} << 24) / std::max<int64_t>(s.inner, 1),
              "reduction '{}' of {} updates into {} slices needs a table beyond what is sensible", reduction, s.picks, s.count);
    ValueId rows = integers(b, iota(s.count), {s.count, 1}, c.dtype(s.positions));
    ValueId here = b.add(op::Equal, {c.reshape(s.positions, {1, s.picks}), rows});
    ValueId laid = b.add(op::Where, {c.reshape(here, {s.count, s.picks, 1}), c.reshape(s.updates, {1, s.picks, s.inner}),
                                     c.number(neutral(c.dtype(s.data), reduction), s.data)});
    const OpDef& reduce = reduction == "mul" ? op::ReduceProd : reduction == "max" ? op::ReduceMax : op::ReduceMin;
    const OpDef& merge = reduction == "mul" ? op::Mul : reduction == "max" ? op::Max : op::Min;
    return b.add(merge, {s.data, c.reduce(reduce, laid, {1}, false)});
}

ValueId scatter(Builder& b, const Scatter& s, const std::string& reduction) {
    check(reduction == "none" || reduction == "add" || reduction == "mul" || reduction == "max" || reduction == "min",
          "'reduction' is '{}'", reduction);
    supported(s.count <= INT32_MAX, "scattering into {} slices", s.count);
    if (s.picks == 0 || s.count == 0 || s.inner == 0) return s.data;
    if (reduction == "none") return replace(b, s);
    if (reduction == "add") return Compose(b).add(s.data, spread(b, s, s.updates));
    return combine(b, s, reduction);
}

}  // namespace

std::vector<ValueId> scatter_elements(NodeReader& r) {
    Compose c(r.b);
    const Shape in = r.shape(0), at = r.shape(1);
    int64_t axis = normalized_axis(r.integer("axis", 0), r.rank(0));
    check(at.size() == in.size() && r.shape(2) == at, "indices {} and updates {} do not fit data {}", to_string(at),
          to_string(r.shape(2)), to_string(in));
    for (size_t d = 0; d < in.size(); ++d)
        check(static_cast<int64_t>(d) == axis || at[d] <= in[d], "indices {} reach beyond data {}", to_string(at),
              to_string(in));
    if (element_count(at) == 0 || element_count(in) == 0) return {r.operand(0)};
    ValueId indices = from_the_front(r.b, r.operand(1), {in[static_cast<size_t>(axis)]});
    Scatter s{0, flat_positions(r.b, indices, in, axis), 0, element_count(in), element_count(at), 1};
    s.data = c.reshape(r.operand(0), {s.count, 1});
    s.updates = c.reshape(r.operand(2), {s.picks, 1});
    return {c.reshape(scatter(r.b, s, r.text("reduction", "none")), in)};
}

std::vector<ValueId> scatter_nd(NodeReader& r) {
    Compose c(r.b);
    const Shape in = r.shape(0), at = r.shape(1);
    check(!at.empty() && at.back() >= 1 && at.back() <= std::ssize(in), "indices {} do not fit data {}", to_string(at),
          to_string(in));
    int64_t depth = at.back();
    Shape outer(in.begin(), in.begin() + depth), inner(in.begin() + depth, in.end());
    Shape wanted(at.begin(), at.end() - 1);
    wanted.insert(wanted.end(), inner.begin(), inner.end());
    check(r.shape(2) == wanted, "updates {} do not fit indices {} into {}", to_string(r.shape(2)), to_string(at),
          to_string(in));
    if (element_count(at) == 0 || element_count(in) == 0) return {r.operand(0)};
    Scatter s{0, 0, 0, element_count(outer), element_count(at) / depth, element_count(inner)};
    ValueId indices = c.reshape(from_the_front(r.b, r.operand(1), outer), {s.picks, depth});
    if (depth > 1) {
        Ints strides(outer.size(), 1);
        for (size_t d = outer.size(); d-- > 1;) strides[d - 1] = strides[d] * outer[d];
        indices = c.reduce(op::ReduceSum, c.mul(indices, integers(r.b, strides, {depth}, c.dtype(indices))), {1}, false);
    }
    s.positions = c.reshape(indices, {s.picks});
    s.data = c.reshape(r.operand(0), {s.count, s.inner});
    s.updates = c.reshape(r.operand(2), {s.picks, s.inner});
    return {c.reshape(scatter(r.b, s, r.text("reduction", "none")), in)};
}

// A cache [batch, ..., length, ...] whose steps from write_indices[batch] on are replaced: each step of the result reads the
// update that falls on it, if one does.
std::vector<ValueId> tensor_scatter(NodeReader& r) {
    Compose c(r.b);
    const Shape cache = r.shape(0), update = r.shape(1);
    int64_t axis = normalized_axis(r.integer("axis", -2), r.rank(0));
    check(axis > 0 && update.size() == cache.size(), "an update {} along axis {} of {}", to_string(update), axis,
          to_string(cache));
    int64_t length = cache[static_cast<size_t>(axis)], steps = update[static_cast<size_t>(axis)], batch = cache[0];
    check(steps >= 1 && steps <= length, "an update of {} steps in a cache of {}", steps, length);
    std::string mode = r.text("mode", "linear");
    check(mode == "linear" || mode == "circular", "'mode' is '{}'", mode);
    ValueId start = r.has(2) ? to_i32(r.b, r.operand(2)) : r.b.splat(0, {DType::i32, {batch}, std::nullopt});
    check(c.shape(start) == Shape{batch}, "the write indices are {} for a batch of {}", to_string(c.shape(start)), batch);
    ValueId step = c.sub(integers(r.b, iota(length), {1, length}, DType::i32), c.reshape(start, {batch, 1}));
    if (mode == "circular") step = r.b.add(op::FloorMod, {step, c.number(static_cast<double>(length), step)});
    ValueId inside = c.clamp(step, 0, static_cast<double>(steps - 1));
    ValueId hit = r.b.add(op::Equal, {inside, step});
    ValueId read = r.b.add(op::Gather, {r.operand(1), inside}, {{"axis", axis}, {"batch_dims", int64_t{1}}});
    Shape mask(cache.size(), 1);
    mask[0] = batch;
    mask[static_cast<size_t>(axis)] = length;
    return {r.b.add(op::Where, {c.reshape(hit, mask), read, r.operand(0)})};
}

}  // namespace tinsmith::from_onnx

// Positions become numbers of slices: data [count, inner], positions [picks], updates [picks, inner].
#include "frontend/compose/scatter.hpp"

#include "frontend/compose/indices.hpp"

#include <cmath>
#include <limits>

namespace tinsmith {

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

ValueId scatter_elements(Compose& c, ValueId data, ValueId indices_of, ValueId updates, int64_t axis,
                         const std::string& reduction) {
    const Shape in = c.shape(data), at = c.shape(indices_of);
    axis = normalized_axis(axis, std::ssize(in));
    check(at.size() == in.size() && c.shape(updates) == at, "indices {} and updates {} do not fit data {}", to_string(at),
          to_string(c.shape(updates)), to_string(in));
    for (size_t d = 0; d < in.size(); ++d)
        check(static_cast<int64_t>(d) == axis || at[d] <= in[d], "indices {} reach beyond data {}", to_string(at),
              to_string(in));
    if (element_count(at) == 0 || element_count(in) == 0) return data;
    ValueId indices = from_the_front(c.b, indices_of, {in[static_cast<size_t>(axis)]});
    Scatter s{0, flat_positions(c.b, indices, in, axis), 0, element_count(in), element_count(at), 1};
    s.data = c.reshape(data, {s.count, 1});
    s.updates = c.reshape(updates, {s.picks, 1});
    return c.reshape(scatter(c.b, s, reduction), in);
}

ValueId scatter_nd(Compose& c, ValueId data, ValueId indices_of, ValueId updates, const std::string& reduction) {
    const Shape in = c.shape(data), at = c.shape(indices_of);
    check(!at.empty() && at.back() >= 1 && at.back() <= std::ssize(in), "indices {} do not fit data {}", to_string(at),
          to_string(in));
    int64_t depth = at.back();
    Shape outer(in.begin(), in.begin() + depth), inner(in.begin() + depth, in.end());
    Shape wanted(at.begin(), at.end() - 1);
    wanted.insert(wanted.end(), inner.begin(), inner.end());
    check(c.shape(updates) == wanted, "updates {} do not fit indices {} into {}", to_string(c.shape(updates)), to_string(at),
          to_string(in));
    if (element_count(at) == 0 || element_count(in) == 0) return data;
    Scatter s{0, 0, 0, element_count(outer), element_count(at) / depth, element_count(inner)};
    ValueId indices = c.reshape(from_the_front(c.b, indices_of, outer), {s.picks, depth});
    if (depth > 1) {
        Ints strides(outer.size(), 1);
        for (size_t d = outer.size(); d-- > 1;) strides[d - 1] = strides[d] * outer[d];
        indices = c.reduce(op::ReduceSum, c.mul(indices, integers(c.b, strides, {depth}, c.dtype(indices))), {1}, false);
    }
    s.positions = c.reshape(indices, {s.picks});
    s.data = c.reshape(data, {s.count, s.inner});
    s.updates = c.reshape(updates, {s.picks, s.inner});
    return c.reshape(scatter(c.b, s, reduction), in);
}

ValueId gather_elements(Compose& c, ValueId data, ValueId indices_of, int64_t axis) {
    const Shape in = c.shape(data), at = c.shape(indices_of);
    const int64_t rank = std::ssize(in);
    axis = normalized_axis(axis, rank);
    check(at.size() == in.size(), "indices {} and data {} have different ranks", to_string(at), to_string(in));
    ValueId indices = from_the_front(c.b, indices_of, {in[static_cast<size_t>(axis)]});
    bool aligned = true;  // the dimensions before the axis agree, and the axis is the last
    for (int64_t d = 0; d < rank; ++d) {
        auto i = static_cast<size_t>(d);
        check(d == axis || at[i] <= in[i], "indices {} reach beyond data {}", to_string(at), to_string(in));
        aligned = aligned && (d == axis ? d == rank - 1 : at[i] == in[i]);
    }
    if (aligned) return c.b.add(op::Gather, {data, indices}, {{"axis", axis}, {"batch_dims", axis}});
    ValueId flat = flat_positions(c.b, indices, in, axis);
    ValueId picked = c.b.add(op::Gather, {c.reshape(data, {element_count(in)}), flat});
    return c.reshape(picked, at);
}

}  // namespace tinsmith

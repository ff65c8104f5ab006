// Functions that compare, choose, repeat and order elements, and those that are formulas of others.
#include "frontend/compose/einsum.hpp"
#include "frontend/compose/formula.hpp"
#include "frontend/compose/stack.hpp"
#include "frontend/keras/operation.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace tinsmith::keras {

namespace {

using Values = std::vector<ValueId>;

constexpr auto first_names = {"x", "x1", "a"}, second_names = {"y", "x2", "b"};

// Two operands, of which one may be a number, and the formula of both.
template <Formula (*Of)(const Formula&, const Formula&)>
Values of_two(const Operation& o) {
    const Json* left = o.find(0, first_names);
    const bool number = left && !tensor_index(*left);
    const ValueId y = number ? o.operand(1, second_names) : no_value, x = o.operand(0, first_names, y);
    return {Of(Formula{o.m.b, x}, Formula{o.m.b, number ? y : o.operand(1, second_names, x)})};
}

template <const OpDef& Op>
Formula plain(const Formula& a, const Formula& b) {
    return apply(Op, a, b);
}

template <Formula (*Of)(const Formula&)>
Values of_one(const Operation& o) {
    return {Of(Formula{o.m.b, o.x()})};
}

Formula reciprocal(const Formula& x) { return 1 / x; }
Formula log1p(const Formula& x) { return log(x + 1); }
Formula expm1(const Formula& x) { return exp(x) - 1; }
Formula log2(const Formula& x) { return log(x) * 1.4426950408889634; }
Formula log10(const Formula& x) { return log(x) * 0.4342944819032518; }
Formula tan(const Formula& x) { return sin(x) / cos(x); }
Formula sinh(const Formula& x) { return (exp(x) - exp(-x)) * 0.5; }
Formula cosh(const Formula& x) { return (exp(x) + exp(-x)) * 0.5; }

template <int value>
Values filled_like(const Operation& o) {
    const ValueId x = o.x();
    return {o.m.b.splat(value, {o.dtype(1).value_or(o.m.b.type(x).dtype), o.m.shape(x), {}})};
}

Values where(const Operation& o) {
    const ValueId condition = o.m.cast(o.operand(0, {"condition"}), DType::boolean);
    const Json* left = o.find(1, {"x", "x1"});
    supported(left && o.find(2, {"y", "x2"}), "the indices of what is true");
    const bool number = !tensor_index(*left);
    const ValueId y = number ? o.operand(2, {"y", "x2"}) : no_value, x = o.operand(1, {"x", "x1"}, y);
    return {o.m.b.add(op::Where, {condition, x, number ? y : o.operand(2, {"y", "x2"}, x)})};
}

Ints axes_of(const Operation& o, ValueId x, size_t position = 1) {
    Ints axes = o.integers(position, {"axis"}).value_or(Ints{});
    if (axes.empty()) {
        axes.resize(static_cast<size_t>(o.rank(x)));
        std::iota(axes.begin(), axes.end(), 0);
    }
    for (int64_t& axis : axes) axis = normalized_axis(axis, o.rank(x));
    return axes;
}

bool keeps(const Operation& o, size_t position = 2) { return o.flag(position, {"keepdims", "keep_dims"}, false); }

template <const OpDef& Op>
Values truth(const Operation& o) {
    const ValueId x = o.m.cast(o.x(), DType::boolean);
    return {o.m.reduce(Op, x, axes_of(o, x), keeps(o))};
}

Values variance_of(const Operation& o) {
    const ValueId x = o.x();
    const Ints axes = axes_of(o, x);
    const ValueId mean = o.m.reduce(op::ReduceMean, x, axes, true);
    return {o.m.reduce(op::ReduceMean, o.m.unary(op::Square, o.m.sub(x, mean)), axes, keeps(o))};
}

Values deviation(const Operation& o) { return {o.m.unary(op::Sqrt, variance_of(o)[0])}; }

// max + log(sum of e^(x - max)).
Values logsumexp(const Operation& o) {
    const ValueId x = o.x();
    const Ints axes = axes_of(o, x);
    const ValueId highest = o.m.reduce(op::ReduceMax, x, axes, true);
    const ValueId sum = o.m.reduce(op::ReduceSum, o.m.unary(op::Exp, o.m.sub(x, highest)), axes, true);
    const ValueId y = o.m.add(highest, o.m.unary(op::Log, sum));
    return {keeps(o) ? y : o.m.reduce(op::ReduceSum, y, axes, false)};
}

Values euclidean(const Operation& o) {
    const ValueId x = o.x();
    supported(!o.find(1, {"ord"}) || *o.find(1, {"ord"}) == "euclidean" || *o.find(1, {"ord"}) == 2,
              "another norm than the Euclidean");
    const Ints axes = axes_of(o, x, 2);
    return {o.m.unary(op::Sqrt, o.m.reduce(op::ReduceSum, o.m.unary(op::Square, x), axes, keeps(o, 3)))};
}

template <const OpDef& Op>
Values place_of(const Operation& o) {
    ValueId x = o.x();
    const auto axis = o.integers(1, {"axis", "dimension"});
    if (!axis && o.r.major >= 3) x = o.m.reshape(x, {element_count(o.m.shape(x))});
    const int64_t along = normalized_axis(axis ? (*axis)[0] : 0, o.rank(x));
    const ValueId y = o.m.b.add(Op, {x}, {{"axis", along}, {"dtype", std::string(o.r.major >= 3 ? "i32" : "i64")}});
    if (!keeps(o)) return {y};
    Shape s = o.m.shape(y);
    s.insert(s.begin() + along, 1);
    return {o.m.reshape(y, s)};
}

Values running_sum(const Operation& o) {
    const ValueId x = o.x();
    const auto axis = o.integers(1, {"axis"});
    supported(axis.has_value() || o.rank(x) == 1 || o.r.major < 3, "a running sum over all elements");
    return {o.m.b.add(op::CumSum, {x},
                      {{"axis", normalized_axis(axis ? (*axis)[0] : 0, o.rank(x))},
                       {"exclusive", o.flag(2, {"exclusive"}, false)},
                       {"reverse", o.flag(3, {"reverse"}, false)}})};
}

Values tile(const Operation& o) {
    ValueId x = o.x();
    Ints repeats = o.integers(1, {"multiples", "repeats"}).value_or(Ints{});
    Shape s = o.m.shape(x);
    while (repeats.size() < s.size()) repeats.insert(repeats.begin(), 1);
    while (s.size() < repeats.size()) s.insert(s.begin(), 1);
    x = o.m.reshape(x, s);
    for (size_t i = 0; i < repeats.size(); ++i) {
        check(repeats[i] >= 1 && repeats[i] <= 65536, "{} copies", repeats[i]);
        if (repeats[i] > 1) x = o.m.concat(Values(static_cast<size_t>(repeats[i]), x), static_cast<int64_t>(i));
    }
    return {x};
}

// Each element several times.
Values repeat(const Operation& o) {
    const ValueId x = o.x();
    const int64_t count = o.integer(1, {"repeats"}, 1), axis = normalized_axis(o.integer(2, {"axis"}, -1), o.rank(x));
    check(count >= 1 && count <= 65536, "{} copies", count);
    supported(o.integers(2, {"axis"}).has_value(), "repeated elements without an axis");
    Shape apart = o.m.shape(x), to;
    apart.insert(apart.begin() + axis + 1, 1);
    to = apart;
    to[static_cast<size_t>(axis) + 1] = count;
    Shape joined = o.m.shape(x);
    joined[static_cast<size_t>(axis)] *= count;
    return {o.m.reshape(o.m.expand(o.m.reshape(x, apart), to), joined)};
}

Values flip(const Operation& o) {
    const ValueId x = o.x();
    return {o.m.b.add(op::Reverse, {x}, {{"axes", axes_of(o, x)}})};
}

Values swap_axes(const Operation& o) {
    const ValueId x = o.x();
    Ints perm(static_cast<size_t>(o.rank(x)));
    std::iota(perm.begin(), perm.end(), 0);
    std::swap(perm[static_cast<size_t>(normalized_axis(o.integer(1, {"axis1"}, 0), o.rank(x)))],
              perm[static_cast<size_t>(normalized_axis(o.integer(2, {"axis2"}, 1), o.rank(x)))]);
    return {o.m.transpose(x, perm)};
}

Values move_axis(const Operation& o) {
    const ValueId x = o.x();
    const auto from = o.integers(1, {"source"}), to = o.integers(2, {"destination"});
    check(from && to && from->size() == 1 && to->size() == 1, "it moves other than one axis");
    Ints perm(static_cast<size_t>(o.rank(x)));
    std::iota(perm.begin(), perm.end(), 0);
    const int64_t axis = normalized_axis((*from)[0], o.rank(x));
    perm.erase(perm.begin() + axis);
    perm.insert(perm.begin() + normalized_axis((*to)[0], o.rank(x)), axis);
    return {o.m.transpose(x, perm)};
}

Values broadcast_to(const Operation& o) {
    const auto to = o.integers(1, {"shape"});
    check(to.has_value(), "it does not say to which shape");
    return {o.m.expand(o.x(), *to)};
}

Values ravel(const Operation& o) {
    const ValueId x = o.x();
    return {o.m.reshape(x, {element_count(o.m.shape(x))})};
}

Values take(const Operation& o) {
    const ValueId x = o.operand(0, {"params", "x"});
    const Json* stated = o.find(1, {"indices"});
    check(stated, "it has no indices");
    ValueId indices = no_value;
    if (tensor_index(*stated)) {
        indices = o.m.cast(o.operand(1, {"indices"}), DType::i32);
    } else {
        std::vector<int32_t> list;
        for (int64_t n : integers_of(*stated, "indices")) list.push_back(static_cast<int32_t>(n));
        const auto count = static_cast<int64_t>(list.size());
        indices = o.m.b.ints(std::move(list), stated->is_array() ? Shape{count} : Shape{});
    }
    const auto axis = o.integers(2, {"axis"});
    supported(axis.has_value() || o.rank(x) == 1 || o.r.major < 3, "elements taken from a flattened array");
    return {o.m.b.add(op::Gather, {x, indices}, {{"axis", normalized_axis(axis ? (*axis)[0] : 0, o.rank(x))}})};
}

Values one_hot(const Operation& o) {
    const ValueId x = o.m.cast(o.operand(0, {"indices", "x"}), DType::i32);
    const int64_t depth = o.integer(1, {"depth", "num_classes"}, 0);
    check(depth >= 1 && depth < (int64_t{1} << 24), "a depth of {}", depth);
    return {o.m.b.add(op::OneHot, {x}, {{"depth", depth}, {"axis", o.integer(4, {"axis"}, -1)}})};
}

Values sum_of_products(const Operation& o) {
    const Json* equation = o.find(0, {"equation", "subscripts"});
    if (!equation || !equation->is_string())
        equation = o.r.config().is_object() && o.r.config().contains("subscripts") ? &o.r.config()["subscripts"] : nullptr;
    check(equation && equation->is_string(), "it has no equation");
    return {einsum(o.m, equation->get<std::string>(), o.r.in)};
}

Values unstack(const Operation& o) {
    const ValueId x = o.x();
    const int64_t axis = normalized_axis(o.integer(2, {"axis"}, 0), o.rank(x)),
                  extent = o.m.shape(x)[static_cast<size_t>(axis)];
    check(extent <= 65536, "{} parts", extent);
    Values out;
    for (int64_t i = 0; i < extent; ++i) out.push_back(take_step(o.m.b, x, axis, i));
    return out;
}

Values add_all(const Operation& o) {
    check(!o.r.in.empty(), "it has no tensors");
    ValueId sum = o.r.in[0];
    for (size_t i = 1; i < o.r.in.size(); ++i) sum = o.m.add(sum, o.r.in[i]);
    return {sum};
}

struct Row {
    std::string_view name;
    ConvertOperation convert;
};

constexpr std::array rows{Row{"greater", of_two<plain<op::Greater>>}, Row{"gt", of_two<plain<op::Greater>>},
                          Row{"greater_equal", of_two<plain<op::GreaterOrEqual>>}, Row{"ge", of_two<plain<op::GreaterOrEqual>>},
                          Row{"less", of_two<plain<op::Less>>}, Row{"lt", of_two<plain<op::Less>>},
                          Row{"less_equal", of_two<plain<op::LessOrEqual>>}, Row{"le", of_two<plain<op::LessOrEqual>>},
                          Row{"equal", of_two<plain<op::Equal>>}, Row{"not_equal", of_two<plain<op::NotEqual>>},
                          Row{"logical_and", of_two<plain<op::And>>}, Row{"logical_or", of_two<plain<op::Or>>},
                          Row{"mod", of_two<plain<op::FloorMod>>}, Row{"floormod", of_two<plain<op::FloorMod>>},
                          Row{
                              "logical_not",
                              of_one < tinsmith::operator!> },
                              Row{"reciprocal", of_one<reciprocal>},
                              Row{"log1p", of_one<log1p>},
                              Row{"expm1", of_one<expm1>},
                              Row{"log2", of_one<log2>},
                              Row{"log10", of_one<log10>},
                              Row{"tan", of_one<tan>},
                              Row{"sinh", of_one<sinh>},
                              Row{"cosh", of_one<cosh>},
                              Row{"zeros_like", filled_like<0>},
                              Row{"ones_like", filled_like<1>},
                              Row{"where", where},
                              Row{"any", truth<op::ReduceAny>},
                              Row{"reduce_any", truth<op::ReduceAny>},
                              Row{"all", truth<op::ReduceAll>},
                              Row{"reduce_all", truth<op::ReduceAll>},
                              Row{"var", variance_of},
                              Row{"reduce_variance", variance_of},
                              Row{"std", deviation},
                              Row{"reduce_std", deviation},
                              Row{"logsumexp", logsumexp},
                              Row{"reduce_logsumexp", logsumexp},
                              Row{"norm", euclidean},
                              Row{"argmax", place_of<op::ArgMax>},
                              Row{"argmin", place_of<op::ArgMin>},
                              Row{"cumsum", running_sum},
                              Row{"tile", tile},
                              Row{"repeat", repeat},
                              Row{"flip", flip},
                              Row{"reverse", flip},
                              Row{"swapaxes", swap_axes},
                              Row{"moveaxis", move_axis},
                              Row{"broadcast_to", broadcast_to},
                              Row{"ravel", ravel},
                              Row{"take", take},
                              Row{"gather", take},
                              Row{"one_hot", one_hot},
                              Row{"einsum", sum_of_products},
                              Row{"unstack", unstack},
                              Row{"add_n", add_all},
};

}  // namespace

ConvertOperation find_array_operation(std::string_view name) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
    return found == rows.end() ? nullptr : found->convert;
}

}  // namespace tinsmith::keras

// The functions that models call, one row each.
#include "frontend/compose/formula.hpp"
#include "frontend/compose/product.hpp"
#include "frontend/compose/stack.hpp"
#include "frontend/keras/functions.hpp"
#include "frontend/keras/operation.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace tinsmith::keras {

namespace {

using Values = std::vector<ValueId>;

// Two operands, of which one may be a number.
template <const OpDef& Op>
Values binary(const Operation& o) {
    const auto first = {"x", "x1", "a"}, second = {"y", "x2", "b"};
    const Json* left = o.find(0, first);
    const bool left_is_number = left && !tensor_index(*left);
    const ValueId y = left_is_number ? o.operand(1, second) : no_value;
    const ValueId x = o.operand(0, first, y);
    return {o.m.b.add(Op, {x, left_is_number ? y : o.operand(1, second, x)})};
}

template <const OpDef& Op>
Values unary(const Operation& o) {
    return {o.m.unary(Op, o.x())};
}

template <const OpDef& Op>
Values reduction(const Operation& o) {
    const ValueId x = o.x();
    Ints axes = o.integers(1, {"axis"}).value_or(Ints{});
    if (axes.empty()) {
        axes.resize(static_cast<size_t>(o.rank(x)));
        std::iota(axes.begin(), axes.end(), 0);
    }
    for (int64_t& axis : axes) axis = normalized_axis(axis, o.rank(x));
    return {o.m.reduce(Op, x, axes, o.flag(2, {"keepdims", "keep_dims"}, false))};
}

Values function(const Operation& o) {
    const ValueId x = o.x();
    return {*named_function(o.m, operation_name(o.r.layer), x, 3)};
}

Values gelu(const Operation& o) {
    const bool approximate = o.flag(1, {"approximate"}, o.r.major >= 3);
    return {o.m.b.add(op::Gelu, {o.x()}, {{"approximate", approximate}})};
}

Values leaky_relu(const Operation& o) {
    return {tinsmith::leaky_relu(Formula{o.m.b, o.x()}, o.real(1, {"alpha", "negative_slope"}, 0.2))};
}

Values softmax(const Operation& o) { return {softmax_along(o.m, o.x(), o.integer(1, {"axis"}, -1))}; }
Values log_softmax(const Operation& o) { return {softmax_along(o.m, o.x(), o.integer(1, {"axis"}, -1), op::LogSoftmax)}; }

Values clip(const Operation& o) {
    const ValueId x = o.x();
    const double low = o.real(1, {"clip_value_min", "x_min", "min_value"}, 0),
                 high = o.real(2, {"clip_value_max", "x_max", "max_value"}, 0);
    if (low == 0 && high == 6) return {o.m.unary(op::Relu6, x)};
    return {o.m.clamp(x, low, high)};
}

Values reshape(const Operation& o) {
    const ValueId x = o.x();
    Shape to = o.integers(1, {"shape", "newshape"}).value_or(Ints{});
    int64_t known = 1, *open = nullptr;
    for (int64_t& n : to) {
        check(n >= -1 && n < (int64_t{1} << 31) && known < (int64_t{1} << 31), "a dimension of {}", n);
        if (n == -1) {
            check(!open, "two open dimensions");
            open = &n;
        } else {
            known *= n;
        }
    }
    const int64_t all = element_count(o.m.shape(x));
    if (open) {
        check(known > 0 && all % known == 0, "{} elements do not divide into {}", all, known);
        *open = all / known;
    }
    check(element_count(to) == all, "{} made of {}", to_string(to), to_string(o.m.shape(x)));
    return {o.m.reshape(x, to)};
}

Values transpose(const Operation& o) {
    const ValueId x = o.x();
    Ints perm = o.integers(1, {"perm", "axes"}).value_or(Ints{});
    if (perm.empty()) {
        perm.resize(static_cast<size_t>(o.rank(x)));
        std::iota(perm.rbegin(), perm.rend(), 0);
    }
    for (int64_t& axis : perm) axis = normalized_axis(axis, o.rank(x));
    return {o.m.transpose(x, perm)};
}

Values expand_dims(const Operation& o) {
    const ValueId x = o.x();
    Shape s = o.m.shape(x);
    for (int64_t axis : o.integers(1, {"axis"}).value_or(Ints{0}))
        s.insert(s.begin() + normalized_axis(axis, static_cast<int64_t>(s.size()) + 1), 1);
    return {o.m.reshape(x, s)};
}

Values squeeze(const Operation& o) {
    const ValueId x = o.x();
    const Shape s = o.m.shape(x);
    Ints axes = o.integers(1, {"axis", "squeeze_dims"}).value_or(Ints{});
    for (int64_t& axis : axes) axis = normalized_axis(axis, o.rank(x));
    Shape out;
    for (int64_t i = 0; i < o.rank(x); ++i) {
        const int64_t n = s[static_cast<size_t>(i)];
        const bool named = std::count(axes.begin(), axes.end(), i) > 0;
        check(!named || n == 1, "dimension {} of {} is not 1", i, to_string(s));
        if (named || (axes.empty() && n == 1)) continue;
        out.push_back(n);
    }
    return {o.m.reshape(x, out)};
}

Values concat(const Operation& o) {
    const Json* list = o.find(0, {"values", "xs", "arrays"});
    check(list, "it has no tensors");
    const auto parts = o.tensors(*list);
    return {o.m.concat(parts, normalized_axis(o.integer(1, {"axis"}, 0), o.rank(parts[0])))};
}

Values stack(const Operation& o) {
    const Json* list = o.find(0, {"values", "x", "arrays"});
    check(list, "it has no tensors");
    return {stack_steps(o.m.b, o.tensors(*list), o.integer(1, {"axis"}, 0))};
}

Values split(const Operation& o) {
    const ValueId x = o.x();
    const auto sections = o.integers(1, {"num_or_size_splits", "indices_or_sections"});
    check(sections && !sections->empty(), "it does not say into what to split");
    const int64_t axis = normalized_axis(o.integer(2, {"axis"}, 0), o.rank(x)),
                  extent = o.m.shape(x)[static_cast<size_t>(axis)];
    const Json* stated = o.find(1, {"num_or_size_splits", "indices_or_sections"});
    if (stated->is_array()) {
        supported(o.r.major < 3, "a split at stated indices");
        return o.m.split(x, axis, *sections);
    }
    const int64_t count = (*sections)[0];
    check(count >= 1 && count <= 65536 && extent % count == 0, "{} parts of {}", count, extent);
    return o.m.split(x, axis, Ints(static_cast<size_t>(count), extent / count));
}

Values pad(const Operation& o) {
    const Json* pairs = o.find(1, {"paddings", "pad_width"});
    const ValueId x = o.x();
    check(pairs && pairs->is_array() && static_cast<int64_t>(pairs->size()) == o.rank(x), "its paddings do not fit {}",
          to_string(o.m.shape(x)));
    const Json* mode = o.find(2, {"mode"});
    supported(!mode || *mode == "CONSTANT" || *mode == "constant", "padding with other than a constant");
    Ints before, after;
    for (const Json& pair : *pairs) {
        const Ints both = integers_of(pair, "paddings");
        check(both.size() == 2 && both[0] >= 0 && both[1] >= 0, "a padding of {}", json_excerpt(pair));
        before.push_back(both[0]);
        after.push_back(both[1]);
    }
    return {o.m.pad(x, before, after, o.real(3, {"constant_values"}, 0))};
}

struct Range {
    int64_t start, end, step;
};

// One slice of an extent as Python means it. Throws where the step is 0 or backwards.
Range range_of(const Json& spec, int64_t extent) {
    const Json& parts = spec.contains("config") ? spec["config"] : spec;
    auto number = [&](const char* key, int64_t fallback) {
        if (!parts.contains(key) || parts[key].is_null()) return fallback;
        const Ints one = integers_of(parts[key], key);
        check(one.size() == 1, "'{}' is {}", key, json_excerpt(parts[key]));
        return one[0];
    };
    const int64_t step = number("step", 1);
    supported(step >= 1, "a slice with a step of {}", step);
    auto place = [&](int64_t n) { return std::clamp<int64_t>(n < 0 ? n + extent : n, 0, extent); };
    const int64_t start = place(number("start", 0)), end = place(number("stop", extent));
    return {start, std::max(start, end), step};
}

// x[...]: slices, indices (whose dimension goes), None (a new one) and an ellipsis.
Values get_item(const Operation& o) {
    const Json* key = o.find(1, {"slice_spec", "key"});
    ValueId x = o.x();
    check(key, "it does not say what to take");
    const Json specs = key->is_array() ? *key : Json::array({*key});
    auto is_ellipsis = [](const Json& s) {
        return (s.is_string() && s == "...") || (s.is_object() && s.value("class_name", "") == "__ellipsis__");
    };
    const auto news = std::count_if(specs.begin(), specs.end(), [](const Json& s) { return s.is_null(); });
    const auto ellipses = std::count_if(specs.begin(), specs.end(), is_ellipsis);
    check(ellipses <= 1, "an index with {} ellipses", ellipses);
    const int64_t stated = static_cast<int64_t>(specs.size()) - news - ellipses;
    check(stated <= o.rank(x), "{} indices of {}", stated, to_string(o.m.shape(x)));
    Shape out;
    int64_t axis = 0;
    auto keep = [&](int64_t count) {
        for (; count > 0; --count, ++axis) out.push_back(o.m.shape(x)[static_cast<size_t>(axis)]);
    };
    for (const Json& spec : specs) {
        if (is_ellipsis(spec)) {
            keep(o.rank(x) - stated);
        } else if (spec.is_null()) {
            out.push_back(1);
        } else if (spec.is_number_integer()) {
            const int64_t at = normalized_axis(spec.get<int64_t>(), o.m.shape(x)[static_cast<size_t>(axis)]);
            x = o.m.slice(x, axis++, at, at + 1);
        } else {
            supported(spec.is_object() && !tensor_index(spec), "an index that is a tensor");
            const Range r = range_of(spec, o.m.shape(x)[static_cast<size_t>(axis)]);
            x = o.m.slice(x, axis, r.start, r.end, r.step);
            keep(1);
        }
    }
    keep(o.rank(x) - axis);
    return {o.m.reshape(x, out)};
}

Values matmul(const Operation& o) {
    const ValueId a = o.operand(0, {"a", "x1", "x"}), b = o.operand(1, {"b", "x2", "y"});
    auto turned = [&](ValueId v, bool turn) {
        if (!turn) return v;
        Ints perm(o.m.shape(v).size());
        check(perm.size() >= 2, "an operand of shape {}", to_string(o.m.shape(v)));
        std::iota(perm.begin(), perm.end(), 0);
        std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
        return o.m.transpose(v, perm);
    };
    return {matrix_product(o.m, turned(a, o.flag(2, {"transpose_a"}, false)), turned(b, o.flag(3, {"transpose_b"}, false)))};
}

Values shape_of(const Operation& o) {
    const ValueId x = o.x();
    std::vector<int32_t> list(o.m.shape(x).begin(), o.m.shape(x).end());
    const auto count = static_cast<int64_t>(list.size());
    return {o.m.b.ints(std::move(list), {count})};
}

Values cast(const Operation& o) {
    const auto dtype = o.dtype(1);
    check(dtype.has_value(), "it does not say to which type");
    return {o.m.cast(o.x(), *dtype)};
}

Values l2_normalize(const Operation& o) {
    const ValueId x = o.x();
    const int64_t axis = normalized_axis(o.integer(1, {"axis"}, -1), o.rank(x));
    const ValueId sum = o.m.reduce(op::ReduceSum, o.m.unary(op::Square, x), {axis}, true);
    return {o.m.mul(x, o.m.unary(op::Rsqrt, o.m.max(sum, o.m.number(o.real(2, {"epsilon"}, 1e-12), sum))))};
}

Values divide(const Operation& o) { return binary<op::Div>(o); }
Values flatten(const Operation& o) {
    const ValueId x = o.x();
    const Shape s = o.m.shape(x);
    check(!s.empty(), "the input is a scalar");
    return {o.m.reshape(x, {s[0], s[0] == 0 ? 0 : element_count(s) / s[0]})};
}
Values same(const Operation& o) { return {o.x()}; }

struct Row {
    std::string_view name;
    ConvertOperation convert;
};

constexpr std::array rows{
    Row{"add", binary<op::Add>},
    Row{"subtract", binary<op::Sub>},
    Row{"sub", binary<op::Sub>},
    Row{"multiply", binary<op::Mul>},
    Row{"mul", binary<op::Mul>},
    Row{"divide", divide},
    Row{"true_divide", divide},
    Row{"truediv", divide},
    Row{"maximum", binary<op::Max>},
    Row{"minimum", binary<op::Min>},
    Row{"pow", binary<op::Pow>},
    Row{"power", binary<op::Pow>},
    Row{"squared_difference", binary<op::SquaredDifference>},
    Row{"floordiv", binary<op::FloorDiv>},
    Row{"floor_divide", binary<op::FloorDiv>},
    Row{"abs", unary<op::Abs>},
    Row{"absolute", unary<op::Abs>},
    Row{"neg", unary<op::Neg>},
    Row{"negative", unary<op::Neg>},
    Row{"exp", unary<op::Exp>},
    Row{"log", unary<op::Log>},
    Row{"sqrt", unary<op::Sqrt>},
    Row{"rsqrt", unary<op::Rsqrt>},
    Row{"square", unary<op::Square>},
    Row{"sin", unary<op::Sin>},
    Row{"cos", unary<op::Cos>},
    Row{"floor", unary<op::Floor>},
    Row{"ceil", unary<op::Ceil>},
    Row{"round", unary<op::Round>},
    Row{"sign", unary<op::Sign>},
    Row{"erf", unary<op::Erf>},
    Row{"relu", function},
    Row{"relu6", function},
    Row{"elu", function},
    Row{"selu", function},
    Row{"sigmoid", function},
    Row{"tanh", function},
    Row{"silu", function},
    Row{"swish", function},
    Row{"softplus", function},
    Row{"softsign", function},
    Row{"hard_sigmoid", function},
    Row{"hard_silu", function},
    Row{"hard_swish", function},
    Row{"hard_tanh", function},
    Row{"log_sigmoid", function},
    Row{"mish", function},
    Row{"gelu", gelu},
    Row{"leaky_relu", leaky_relu},
    Row{"softmax", softmax},
    Row{"log_softmax", log_softmax},
    Row{"clip", clip},
    Row{"clip_by_value", clip},
    Row{"reduce_mean", reduction<op::ReduceMean>},
    Row{"mean", reduction<op::ReduceMean>},
    Row{"reduce_sum", reduction<op::ReduceSum>},
    Row{"sum", reduction<op::ReduceSum>},
    Row{"reduce_max", reduction<op::ReduceMax>},
    Row{"max", reduction<op::ReduceMax>},
    Row{"reduce_min", reduction<op::ReduceMin>},
    Row{"min", reduction<op::ReduceMin>},
    Row{"reduce_prod", reduction<op::ReduceProd>},
    Row{"prod", reduction<op::ReduceProd>},
    Row{"reshape", reshape},
    Row{"transpose", transpose},
    Row{"expand_dims", expand_dims},
    Row{"squeeze", squeeze},
    Row{"concat", concat},
    Row{"concatenate", concat},
    Row{"stack", stack},
    Row{"split", split},
    Row{"pad", pad},
    Row{"getitem", get_item},
    Row{"get_item", get_item},
    Row{"matmul", matmul},
    Row{"shape", shape_of},
    Row{"cast", cast},
    Row{"l2_normalize", l2_normalize},
    Row{"flatten", flatten},
    Row{"identity", same},
    Row{"stop_gradient", same},
};

}  // namespace

ConvertOperation find_operation(std::string_view name) {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
    return found == rows.end() ? find_array_operation(name) : found->convert;
}

}  // namespace tinsmith::keras

// Elementwise operators that are formulas of others.
#include "frontend/compose/formula.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <limits>
#include <numbers>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

Formula formula(const NodeReader& r, size_t i = 0) { return {r.b, r.operand(i)}; }

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

std::vector<Operand> add_n(NodeReader& r) {
    ValueId sum = r.operand(0);
    for (size_t i = 1; i < r.in.size(); ++i) sum = r.b.add(op::Add, {sum, r.operand(i)});
    return {sum};
}

// [N, ..., C] + [C]; of channels-first tensors [N, C, ...].
std::vector<Operand> bias_add(NodeReader& r) {
    Compose m{r.b};
    ValueId bias = r.operand(1);
    check(m.shape(bias).size() == 1, "the bias is {}", to_string(r.type(1)));
    if (r.text("data_format", "NHWC").starts_with("NC") && r.rank(0) > 2) {
        Shape shape(static_cast<size_t>(r.rank(0)), 1);
        shape[1] = m.shape(bias)[0];
        bias = m.reshape(bias, shape);
    }
    return {m.add(r.operand(0), bias)};
}

std::vector<Operand> cast(NodeReader& r) { return {Compose(r.b).cast(r.operand(0), r.dtype("DstT"))}; }

std::vector<Operand> clip_by_value(NodeReader& r) {
    Compose m{r.b};
    return {m.min(m.max(r.operand(0), r.operand(1)), r.operand(2))};
}

std::vector<Operand> div(NodeReader& r) {
    return is_integer(r.type(0).dtype) ? truncate_div(r) : std::vector<Operand>{r.b.add(op::Div, {r.operand(0), r.operand(1)})};
}

// Towards zero: |a| // |b| with the sign of the quotient.
std::vector<Operand> truncate_div(NodeReader& r) {
    const Formula a = formula(r), b = formula(r, 1);
    return {floor_div(abs(a), abs(b)) * sign(a) * sign(b)};
}

// What is left of a after whole multiples of b, with the sign of a.
std::vector<Operand> truncate_mod(NodeReader& r) {
    const Formula a = formula(r), b = formula(r, 1);
    if (is_integer(a.dtype())) return {a - floor_div(abs(a), abs(b)) * sign(a) * sign(b) * b};
    return {sign(a) * floor_mod(abs(a), abs(b))};
}

std::vector<Operand> approximate_equal(NodeReader& r) { return {abs(formula(r) - formula(r, 1)) < r.real("tolerance", 1e-5)}; }

std::vector<Operand> xlog1py(NodeReader& r) {
    const Formula x = formula(r), y = formula(r, 1);
    return {where(x == 0, x.number(0), x * log(y + 1))};
}

std::vector<Operand> div_no_nan(NodeReader& r) {
    const Formula a = formula(r), b = formula(r, 1);
    return {where(b == 0, a.number(0), a / b)};
}

std::vector<Operand> mul_no_nan(NodeReader& r) {
    const Formula a = formula(r), b = formula(r, 1);
    return {where(b == 0, a.number(0), a * b)};
}

std::vector<Operand> xdivy(NodeReader& r) {
    const Formula x = formula(r), y = formula(r, 1);
    return {where(x == 0, x.number(0), x / y)};
}

std::vector<Operand> xlogy(NodeReader& r) {
    const Formula x = formula(r), y = formula(r, 1);
    return {where(x == 0, x.number(0), x * log(y))};
}

std::vector<Operand> reciprocal(NodeReader& r) { return {1 / formula(r)}; }
std::vector<Operand> erfc(NodeReader& r) { return {1 - apply(op::Erf, formula(r))}; }
std::vector<Operand> expm1(NodeReader& r) { return {exp(formula(r)) - 1}; }
std::vector<Operand> log1p(NodeReader& r) { return {log(formula(r) + 1)}; }

std::vector<Operand> is_nan(NodeReader& r) {
    const Formula x = formula(r);
    return {x != x};
}
std::vector<Operand> is_inf(NodeReader& r) { return {abs(formula(r)) == infinity}; }
std::vector<Operand> is_finite(NodeReader& r) { return {abs(formula(r)) < infinity}; }

std::vector<Operand> sinh(NodeReader& r) {
    const Formula x = formula(r);
    return {(exp(x) - exp(-x)) * 0.5};
}
std::vector<Operand> cosh(NodeReader& r) {
    const Formula x = formula(r);
    return {(exp(x) + exp(-x)) * 0.5};
}
std::vector<Operand> tan(NodeReader& r) {
    const Formula x = formula(r);
    return {sin(x) / cos(x)};
}
std::vector<Operand> atan(NodeReader& r) {
    const Formula x = formula(r);
    return {apply(op::Atan2, x, max(sign(x), 1))};  // ones in the shape of x: Atan2 does not broadcast
}
std::vector<Operand> asin(NodeReader& r) {
    const Formula x = formula(r);
    return {apply(op::Atan2, x, sqrt((1 - x) * (1 + x)))};
}
std::vector<Operand> acos(NodeReader& r) {
    const Formula x = formula(r);
    return {apply(op::Atan2, sqrt((1 - x) * (1 + x)), x)};
}
std::vector<Operand> asinh(NodeReader& r) {
    const Formula x = formula(r), size = abs(x);
    return {sign(x) * log(size + sqrt(size * size + 1))};
}
std::vector<Operand> acosh(NodeReader& r) {
    const Formula x = formula(r);
    return {log(x + sqrt(x - 1) * sqrt(x + 1))};
}
std::vector<Operand> atanh(NodeReader& r) {
    const Formula x = formula(r);
    return {log((1 + x) / (1 - x)) * 0.5};
}

std::vector<Operand> ones_like(NodeReader& r) { return {r.b.splat(1, {r.type(0).dtype, r.shape(0), {}})}; }
std::vector<Operand> zeros_like(NodeReader& r) { return {r.b.splat(0, {r.type(0).dtype, r.shape(0), {}})}; }

// The first version's condition may have fewer dimensions: one for each entry of the first axis.
std::vector<Operand> select(NodeReader& r) {
    Compose m{r.b};
    ValueId condition = r.operand(0);
    if (m.shape(condition).size() == 1 && r.rank(1) > 1) {
        Shape shape(static_cast<size_t>(r.rank(1)), 1);
        shape[0] = m.shape(condition)[0];
        condition = m.reshape(condition, shape);
    }
    return {r.b.add(op::Where, {condition, r.operand(1), r.operand(2)})};
}

}  // namespace tinsmith::tensorflow::from_tensorflow

// Functions of one tensor. Of the trigonometric ones TFLite has sin, cos, tanh and atan2.
#include "frontend/torch/operand.hpp"

#include <cmath>
#include <limits>
#include <numbers>

namespace tinsmith::torch::from_torch {

namespace {

Formula ones(const Formula& x) { return max(sign(x), 1); }  // in the shape of x, for Atan2, which does not broadcast
Formula atan2(const Formula& y, const Formula& x) { return apply(op::Atan2, y, x); }
Formula cathetus(const Formula& x) { return sqrt((1 - x) * (x + 1)); }  // sqrt(1 - x^2) without loss near +-1
Formula floor(const Formula& x) { return apply(op::Floor, x); }
Formula truncated(const Formula& x) { return sign(x) * floor(abs(x)); }

// Operators that are the same for every number; those of integers that change nothing leave them.
std::vector<ValueId> same(NodeReader& r, const OpDef& op) { return {r.m.unary(op, r.tensor("self"))}; }
std::vector<ValueId> of_reals(NodeReader& r, const OpDef& op) { return {r.m.unary(op, real_input(r))}; }
std::vector<ValueId> rounding(NodeReader& r, const OpDef& op) {
    const ValueId x = r.tensor("self");
    return {is_float(r.m.dtype(x)) ? r.m.unary(op, x) : x};
}

}  // namespace

std::vector<ValueId> neg(NodeReader& r) { return same(r, op::Neg); }
std::vector<ValueId> exp(NodeReader& r) { return of_reals(r, op::Exp); }
std::vector<ValueId> log(NodeReader& r) { return of_reals(r, op::Log); }
std::vector<ValueId> sqrt(NodeReader& r) { return of_reals(r, op::Sqrt); }
std::vector<ValueId> rsqrt(NodeReader& r) { return of_reals(r, op::Rsqrt); }
std::vector<ValueId> sin(NodeReader& r) { return of_reals(r, op::Sin); }
std::vector<ValueId> cos(NodeReader& r) { return of_reals(r, op::Cos); }
std::vector<ValueId> tanh(NodeReader& r) { return of_reals(r, op::Tanh); }
std::vector<ValueId> sigmoid(NodeReader& r) { return of_reals(r, op::Sigmoid); }
std::vector<ValueId> erf(NodeReader& r) { return of_reals(r, op::Erf); }
std::vector<ValueId> erfc(NodeReader& r) { return {1 - apply(op::Erf, real_input(r))}; }
std::vector<ValueId> floor(NodeReader& r) { return rounding(r, op::Floor); }
std::vector<ValueId> ceil(NodeReader& r) { return rounding(r, op::Ceil); }
std::vector<ValueId> square(NodeReader& r) {
    const Formula x = formula(r, r.tensor("self"));
    return {x * x};
}

std::vector<ValueId> abs(NodeReader& r) {
    const ValueId x = r.tensor("self");
    return {is_signed(r.m.dtype(x)) ? r.m.unary(op::Abs, x) : x};
}

std::vector<ValueId> sign(NodeReader& r) {
    const Formula x = formula(r, r.tensor("self"));
    if (is_float(x.dtype()) || x.dtype() == DType::i32) return {sign(x)};
    return {cast(sign(cast(x, DType::i32)), x.dtype())};
}

// Halves to even, as TFLite; with decimals x 10^d is rounded.
std::vector<ValueId> round(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const int64_t decimals = r.integer("decimals", 0);
    if (!is_float(r.m.dtype(x))) return {x};
    if (decimals == 0) return {r.m.unary(op::Round, x)};
    supported(std::abs(decimals) <= 6, "rounding to {} decimals of floats", decimals);
    const double scale = std::pow(10.0, static_cast<double>(decimals));
    return {round(formula(r, x) * scale) / scale};
}

std::vector<ValueId> trunc(NodeReader& r) {
    const ValueId x = r.tensor("self");
    return {is_float(r.m.dtype(x)) ? truncated(formula(r, x)) : formula(r, x)};
}

std::vector<ValueId> frac(NodeReader& r) {
    const Formula x = real_input(r);
    return {x - truncated(x)};
}

std::vector<ValueId> isfinite(NodeReader& r) { return {abs(real_input(r)) <= double{std::numeric_limits<float>::max()}}; }

// Infinities become the largest numbers there are, unless others are given.
std::vector<ValueId> nan_to_num(NodeReader& r) {
    const Formula x = formula(r, r.tensor("self"));
    if (!is_float(x.dtype())) return {x};
    const double most = std::numeric_limits<float>::max();
    auto in_place_of = [&](const Formula& condition, const Formula& y, double value) {
        return where(condition, y.number(value), y);
    };
    const Formula known = in_place_of(x != x, x, r.real("nan", 0));
    const Formula below = in_place_of(known > most, known, r.real("posinf", most));
    return {in_place_of(below < -most, below, r.real("neginf", -most))};
}

std::vector<ValueId> logit(NodeReader& r) {
    Formula x = real_input(r);
    if (r.has("eps")) x = formula(r, r.m.clamp(x, r.real("eps"), 1 - r.real("eps")));
    return {log(x / (1 - x))};
}

std::vector<ValueId> reciprocal(NodeReader& r) { return {1 / real_input(r)}; }
std::vector<ValueId> exp2(NodeReader& r) { return {exp(real_input(r) * std::numbers::ln2)}; }
std::vector<ValueId> log2(NodeReader& r) { return {log(real_input(r)) * std::numbers::log2e}; }
std::vector<ValueId> log10(NodeReader& r) { return {log(real_input(r)) * std::numbers::log10e}; }

// Of small x the series, of which float keeps no more: x + x^2/2 + x^3/6 + x^4/24 below 2^-5.
std::vector<ValueId> expm1(NodeReader& r) {
    const Formula x = real_input(r);
    const Formula series = x * (((x * (1.0 / 24) + 1.0 / 6) * x + 0.5) * x + 1);
    return {where(abs(x) < 0.03125, series, exp(x) - 1)};
}

// Of small x the series x - x^2/2 + x^3/3 - x^4/4 + x^5/5.
std::vector<ValueId> log1p(NodeReader& r) {
    const Formula x = real_input(r);
    const Formula series = x * ((((x * 0.2 - 0.25) * x + 1.0 / 3) * x - 0.5) * x + 1);
    return {where(abs(x) < 0.03125, series, log(x + 1))};
}

std::vector<ValueId> tan(NodeReader& r) {
    const Formula x = real_input(r);
    return {sin(x) / cos(x)};
}

std::vector<ValueId> acos(NodeReader& r) {
    const Formula x = real_input(r);
    return {atan2(cathetus(x), x)};
}

std::vector<ValueId> asin(NodeReader& r) {
    const Formula x = real_input(r);
    return {atan2(x, cathetus(x))};
}

std::vector<ValueId> atan(NodeReader& r) {
    const Formula x = real_input(r);
    return {atan2(x, ones(x))};
}

std::vector<ValueId> sinh(NodeReader& r) {
    const Formula x = real_input(r);
    return {(exp(x) - exp(-x)) * 0.5};
}

std::vector<ValueId> cosh(NodeReader& r) {
    const Formula x = real_input(r);
    return {(exp(x) + exp(-x)) * 0.5};
}

// sign(x) log(|x| + sqrt(x^2 + 1)); from 4096 on the root is |x| in float, and the square might overflow.
std::vector<ValueId> asinh(NodeReader& r) {
    const Formula x = real_input(r), a = abs(x);
    return {sign(x) * log(a + max(a, sqrt(square(min(a, 4096)) + 1)))};
}

std::vector<ValueId> acosh(NodeReader& r) {
    const Formula x = real_input(r);
    return {log(x + sqrt(x - 1) * sqrt(x + 1))};
}

std::vector<ValueId> atanh(NodeReader& r) {
    const Formula x = real_input(r);
    return {log((x + 1) / (1 - x)) * 0.5};
}

std::vector<ValueId> isnan(NodeReader& r) {
    const Formula x = real_input(r);
    return {x != x};
}

std::vector<ValueId> isinf(NodeReader& r) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return {abs(real_input(r)) == infinity};
}

std::vector<ValueId> logical_not(NodeReader& r) {
    const ValueId x = r.tensor("self");
    if (r.m.dtype(x) == DType::boolean) return {r.m.unary(op::Not, x)};
    return {formula(r, x) == 0};
}

// ~x = -1 - x of integers.
std::vector<ValueId> bitwise_not(NodeReader& r) {
    const Formula x = formula(r, r.tensor("self"));
    if (x.dtype() == DType::boolean) return {!x};
    supported(is_signed(x.dtype()), "the bits of {}", dtype_name(x.dtype()));
    return {-1 - x};
}

}  // namespace tinsmith::torch::from_torch

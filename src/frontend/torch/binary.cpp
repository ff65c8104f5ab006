// Functions of two tensors, or of a tensor and a number, in the element type that PyTorch computes them in.
#include "frontend/torch/operand.hpp"

#include <cmath>

namespace tinsmith::torch::from_torch {

namespace {

struct Pair {
    Formula x, y;
};

Pair pair(NodeReader& r, std::string_view first = "self", std::string_view second = "other") {
    const auto [x, y] = promoted_pair(r, r.tensor(first), r.tensor(second));
    return {formula(r, x), formula(r, y)};
}

Pair real_pair(NodeReader& r) {
    const Pair p = pair(r);
    return {cast(p.x, DType::f32), cast(p.y, DType::f32)};
}

Formula floor(const Formula& x) { return apply(op::Floor, x); }
Formula truncated(const Formula& x) { return sign(x) * floor(abs(x)); }

// Sums of booleans are integers in the graph.
Formula countable(const Formula& x) { return x.dtype() == DType::boolean ? cast(x, DType::i32) : x; }

// y alpha, alpha in the element type of the result.
Formula scaled(NodeReader& r, const Formula& y) {
    const double alpha = r.real("alpha", 1);
    return alpha == 1 ? y : y * alpha;
}

std::vector<ValueId> compare(NodeReader& r, const OpDef& op) {
    const Pair p = pair(r);
    return {apply(op, countable(p.x), countable(p.y))};
}

std::vector<ValueId> logic(NodeReader& r, const OpDef& op) {
    auto truth = [&](ValueId x) { return r.m.dtype(x) == DType::boolean ? formula(r, x) : formula(r, x) != 0; };
    return {apply(op, truth(r.tensor("self")), truth(r.tensor("other")))};
}

std::vector<ValueId> bits(NodeReader& r, const OpDef& of_booleans, std::string_view name) {
    const Pair p = pair(r);
    supported(p.x.dtype() == DType::boolean, "the bits of integers ('{}'); TFLite has this for booleans", name);
    return {apply(of_booleans, p.x, p.y)};
}

}  // namespace

std::vector<ValueId> add(NodeReader& r) {
    const Pair p = pair(r);
    return {as_declared(r, countable(p.x) + scaled(r, countable(p.y)))};
}

std::vector<ValueId> sub(NodeReader& r) {
    const Pair p = pair(r);
    return {as_declared(r, countable(p.x) - scaled(r, countable(p.y)))};
}

std::vector<ValueId> rsub(NodeReader& r) {
    const Pair p = pair(r);
    return {as_declared(r, countable(p.y) - scaled(r, countable(p.x)))};
}

std::vector<ValueId> mul(NodeReader& r) {
    const Pair p = pair(r);
    if (p.x.dtype() == DType::boolean) return {p.x && p.y};
    return {as_declared(r, p.x * p.y)};
}

std::vector<ValueId> div(NodeReader& r) {
    const std::string mode = r.text("rounding_mode", "");
    check(mode.empty() || mode == "floor" || mode == "trunc", "rounding_mode is '{}'", mode);
    if (mode.empty()) {
        const Pair p = real_pair(r);
        return {p.x / p.y};
    }
    const Pair p = pair(r);
    if (is_float(p.x.dtype())) return {mode == "floor" ? floor(p.x / p.y) : truncated(p.x / p.y)};
    if (mode == "floor") return {floor_div(p.x, p.y)};
    return {sign(p.x) * sign(p.y) * floor_div(abs(p.x), abs(p.y))};
}

std::vector<ValueId> floor_divide(NodeReader& r) {
    const Pair p = pair(r);
    return {is_float(p.x.dtype()) ? floor(p.x / p.y) : floor_div(p.x, p.y)};
}

// The sign of the divisor, as Python has it.
std::vector<ValueId> remainder(NodeReader& r) {
    const Pair p = pair(r);
    return {floor_mod(p.x, p.y)};
}

// The sign of the dividend, as C has it.
std::vector<ValueId> fmod(NodeReader& r) {
    const Pair p = pair(r);
    if (is_float(p.x.dtype())) return {p.x - truncated(p.x / p.y) * p.y};
    return {sign(p.x) * floor_mod(abs(p.x), abs(p.y))};
}

std::vector<ValueId> power(NodeReader& r) {
    const Pair p = pair(r, "self", "exponent");
    if (r.is_number("exponent") && is_float(p.x.dtype())) {
        const double e = r.real("exponent");
        if (e == 1) return {p.x};
        if (e == 2) return {square(p.x)};
        if (e == 3) return {square(p.x) * p.x};
        if (e == 0.5) return {sqrt(p.x)};
        if (e == -0.5) return {apply(op::Rsqrt, p.x)};
        if (e == -1) return {1 / p.x};
        if (e == -2) return {1 / square(p.x)};
    }
    if (is_float(p.x.dtype()) || p.x.dtype() == DType::i32) return {pow(p.x, p.y)};
    return {as_declared(r, pow(cast(p.x, DType::i32), cast(p.y, DType::i32)))};
}

std::vector<ValueId> maximum(NodeReader& r) {
    const Pair p = pair(r);
    if (p.x.dtype() == DType::boolean) return {apply(op::Or, p.x, p.y)};
    return {max(p.x, p.y)};
}

std::vector<ValueId> minimum(NodeReader& r) {
    const Pair p = pair(r);
    if (p.x.dtype() == DType::boolean) return {p.x && p.y};
    return {min(p.x, p.y)};
}

std::vector<ValueId> atan2(NodeReader& r) {
    const Pair p = real_pair(r);
    const Shape both = broadcast(r.m.shape(p.x), r.m.shape(p.y));
    return {apply(op::Atan2, formula(r, r.m.expand(p.x, both)), formula(r, r.m.expand(p.y, both)))};
}

std::vector<ValueId> hypot(NodeReader& r) {
    const Pair p = real_pair(r);
    return {sqrt(square(p.x) + square(p.y))};
}

std::vector<ValueId> xlogy(NodeReader& r) {
    const Pair p = real_pair(r);
    return {where(p.x == 0, p.x.number(0), p.x * log(p.y))};
}

std::vector<ValueId> logaddexp(NodeReader& r) {
    const Pair p = real_pair(r);
    const Formula high = max(p.x, p.y);
    return {high + log(exp(p.x - high) + exp(p.y - high))};
}

std::vector<ValueId> equal(NodeReader& r) { return compare(r, op::Equal); }
std::vector<ValueId> not_equal(NodeReader& r) { return compare(r, op::NotEqual); }
std::vector<ValueId> less(NodeReader& r) { return compare(r, op::Less); }
std::vector<ValueId> less_equal(NodeReader& r) { return compare(r, op::LessOrEqual); }
std::vector<ValueId> greater(NodeReader& r) { return compare(r, op::Greater); }
std::vector<ValueId> greater_equal(NodeReader& r) { return compare(r, op::GreaterOrEqual); }
std::vector<ValueId> logical_and(NodeReader& r) { return logic(r, op::And); }
std::vector<ValueId> logical_or(NodeReader& r) { return logic(r, op::Or); }
std::vector<ValueId> logical_xor(NodeReader& r) { return logic(r, op::NotEqual); }
std::vector<ValueId> bitwise_and(NodeReader& r) { return bits(r, op::And, "and"); }
std::vector<ValueId> bitwise_or(NodeReader& r) { return bits(r, op::Or, "or"); }

std::vector<ValueId> bitwise_xor(NodeReader& r) {
    const Pair p = pair(r);
    return {p.x.dtype() == DType::boolean ? p.x != p.y : p.x ^ p.y};
}

std::vector<ValueId> where_(NodeReader& r) {
    ValueId condition = r.tensor("condition");
    if (r.m.dtype(condition) != DType::boolean) condition = r.m.cast(condition, DType::boolean);
    const auto [x, y] = promoted_pair(r, r.tensor("self"), r.tensor("other"));
    return {r.b.add(op::Where, {condition, x, y})};
}

std::vector<ValueId> masked_fill(NodeReader& r) {
    const ValueId x = r.tensor("self");
    const ValueId value = r.m.reshape(r.m.cast(r.tensor("value"), r.m.dtype(x)), {});
    return {r.b.add(op::Where, {r.tensor("mask"), value, x})};
}

std::vector<ValueId> lerp(NodeReader& r) {
    const Formula x = real_input(r), end = real_input(r, "end"), weight = cast(formula(r, r.tensor("weight")), DType::f32);
    return {x + weight * (end - x)};
}

std::vector<ValueId> addcmul(NodeReader& r) {
    const Formula product = real_input(r, "tensor1") * real_input(r, "tensor2");
    const double value = r.real("value", 1);
    return {real_input(r) + (value == 1 ? product : product * value)};
}

std::vector<ValueId> addcdiv(NodeReader& r) {
    const Formula quotient = real_input(r, "tensor1") / real_input(r, "tensor2");
    const double value = r.real("value", 1);
    return {real_input(r) + (value == 1 ? quotient : quotient * value)};
}

}  // namespace tinsmith::torch::from_torch

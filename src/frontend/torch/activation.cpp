// Activations that are not one operator of the graph.
#include "frontend/torch/operand.hpp"

#include <cmath>
#include <limits>

namespace tinsmith::torch::from_torch {

namespace {

Formula softplus_of(const Formula& x) { return relu(x) + log(exp(-abs(x)) + 1); }  // log(1 + e^x), e^x staying below 1

// Bounds that TFLite has an operator for; otherwise max, then min: where the bounds cross, the upper one wins.
ValueId between(const Formula& x, double low, double high) {
    constexpr double limit = std::numeric_limits<float>::max();
    if (is_float(x.dtype())) {
        if (low == 0 && high >= limit) return relu(x);
        if (low == 0 && high == 6) return apply(op::Relu6, x);
        if (low == 0 && high == 1) return apply(op::Relu0To1, x);
        if (low == -1 && high == 1) return apply(op::ReluN1To1, x);
    }
    Formula y = x;
    if (low > -limit) y = max(y, low);
    if (high < limit) y = min(y, high);
    return y;
}

// One bound, a number or a tensor.
Formula bounded(NodeReader& r, Formula x, std::string_view name, const OpDef& op) {
    if (!r.has(name)) return x;
    const auto [a, b] = promoted_pair(r, x, r.tensor(name));
    return formula(r, r.b.add(op, {a, b}));
}

ValueId softmax_over(NodeReader& r, const OpDef& op, ValueId x) {
    const int64_t axis = r.axis("dim", std::ssize(r.m.shape(x)));
    return along_axis(r.m, x, axis, [&](ValueId last) { return r.m.unary(op, last); });
}

}  // namespace

std::vector<ValueId> relu(NodeReader& r) {
    const Formula x = formula(r, r.tensor("self"));
    return {is_float(x.dtype()) ? relu(x) : max(x, 0)};
}

std::vector<ValueId> relu6(NodeReader& r) { return {apply(op::Relu6, real_input(r))}; }
std::vector<ValueId> hardtanh(NodeReader& r) { return {between(real_input(r), r.real("min_val", -1), r.real("max_val", 1))}; }
std::vector<ValueId> hardswish(NodeReader& r) { return {apply(op::HardSwish, real_input(r))}; }
std::vector<ValueId> hardsigmoid(NodeReader& r) { return {apply(op::Relu0To1, real_input(r) * (1.0 / 6) + 0.5)}; }

std::vector<ValueId> silu(NodeReader& r) {
    const Formula x = real_input(r);
    return {x * sigmoid(x)};
}

std::vector<ValueId> gelu(NodeReader& r) {
    const std::string form = r.text("approximate", "none");
    check(form == "none" || form == "tanh", "approximate is '{}': none or tanh", form);
    return {r.b.add(op::Gelu, {float_operand(r, "self")}, {{"approximate", form == "tanh"}})};
}

// scale (max(0, x) + min(0, alpha (e^(input_scale x) - 1))). Elu with alpha 1 keeps the sign of x, so that a LeakyRelu scales exactly
// what it made of the negative ones.
std::vector<ValueId> elu(NodeReader& r) {
    const double alpha = r.real("alpha", 1), scale = r.real("scale", 1), input_scale = r.real("input_scale", 1);
    const Formula x = real_input(r);
    if (input_scale != 1) return {(relu(x) + min(0, (exp(min(x, 0) * input_scale) - 1) * alpha)) * scale};
    const Formula y = alpha == 1 ? elu(x) : leaky_relu(elu(x), alpha);
    return {scale == 1 ? y : y * scale};
}

std::vector<ValueId> selu(NodeReader& r) {
    return {leaky_relu(elu(real_input(r)), 1.6732632423543772848170429916717) * 1.0507009873554804934193349852946};
}

std::vector<ValueId> celu(NodeReader& r) {
    const double alpha = r.real("alpha", 1);
    check(alpha != 0, "alpha is 0, by which x is divided");
    const Formula x = real_input(r);
    if (alpha == 1) return {elu(x)};
    if (alpha > 0) return {elu(x / alpha) * alpha};
    return {relu(x) + min((exp(x / alpha) - 1) * alpha, 0)};
}

std::vector<ValueId> leaky_relu(NodeReader& r) { return {leaky_relu(real_input(r), r.real("negative_slope", 0.01))}; }

// In eval mode the slope is the middle of its range.
std::vector<ValueId> rrelu(NodeReader& r) {
    supported(!r.flag("training", false), "its slopes are random in training mode; export the model in eval mode");
    return {leaky_relu(real_input(r), (r.real("lower", 0.125) + r.real("upper", 1.0 / 3)) / 2)};
}

// One slope, or one for each channel.
std::vector<ValueId> prelu(NodeReader& r) {
    const ValueId x = float_operand(r, "self");
    ValueId slope = r.tensor("weight");
    const int64_t count = r.b.type(slope).elements(), rank = std::ssize(r.m.shape(x));
    if (count == 1) {
        slope = r.m.reshape(slope, Shape(static_cast<size_t>(std::max<int64_t>(rank - 1, 0)), 1));
    } else if (r.m.shape(slope).size() == 1) {
        check(rank >= 2 && r.m.shape(x)[1] == count, "{} slopes for an input of shape {}", count, to_string(r.m.shape(x)));
        Shape along(static_cast<size_t>(rank) - 1, 1);
        along[0] = count;
        slope = r.m.reshape(slope, along);
    }
    if (rank == 0) return {r.m.reshape(r.b.add(op::PRelu, {r.m.reshape(x, {1}), r.m.reshape(slope, {1})}), {})};
    return {r.b.add(op::PRelu, {x, slope})};
}

// log(1 + e^(beta x)) / beta, and x where beta x is beyond the threshold.
std::vector<ValueId> softplus(NodeReader& r) {
    const double beta = r.real("beta", 1), threshold = r.real("threshold", 20);
    const Formula x = real_input(r), scaled = beta == 1 ? x : x * beta;
    const Formula soft = beta == 1 ? softplus_of(scaled) : softplus_of(scaled) / beta;
    // From 20 on both are the same in float.
    return {threshold >= 20 ? soft : where(scaled > threshold, x, soft)};
}

std::vector<ValueId> softsign(NodeReader& r) {
    const Formula x = real_input(r);
    return {x / (abs(x) + 1)};
}

// x tanh(log(1 + e^x)); with n = e^x the tanh is n(n + 2) / (n(n + 2) + 2), which is 1 in float from x = 9 on.
std::vector<ValueId> mish(NodeReader& r) {
    const Formula x = real_input(r), n = exp(min(x, 20)), m = n * (n + 2);
    return {x * (m / (m + 2))};
}

std::vector<ValueId> threshold(NodeReader& r) {
    const Formula x = real_input(r);
    return {where(x > r.real("threshold"), x, x.number(r.real("value")))};
}

std::vector<ValueId> hardshrink(NodeReader& r) {
    const Formula x = real_input(r);
    const double lambd = r.real("lambd", 0.5);
    return {where(abs(x) > lambd, x, x.number(0))};
}

std::vector<ValueId> softshrink(NodeReader& r) {
    const Formula x = real_input(r);
    const double lambd = r.real("lambd", 0.5);
    return {where(x > lambd, x - lambd, where(x < -lambd, x + lambd, x.number(0)))};
}

std::vector<ValueId> log_sigmoid(NodeReader& r) { return {-softplus_of(-real_input(r))}; }

std::vector<ValueId> glu(NodeReader& r) {
    const ValueId x = float_operand(r, "self");
    const int64_t axis = r.axis("dim", std::ssize(r.m.shape(x)), -1), extent = r.m.shape(x)[static_cast<size_t>(axis)];
    check(extent % 2 == 0, "an extent of {} has no halves", extent);
    const auto halves = r.m.split(x, axis, {extent / 2, extent / 2});
    return {formula(r, halves[0]) * sigmoid(formula(r, halves[1]))};
}

std::vector<ValueId> softmax(NodeReader& r) { return {softmax_over(r, op::Softmax, as_float(r, r.tensor("self")))}; }
std::vector<ValueId> log_softmax(NodeReader& r) { return {softmax_over(r, op::LogSoftmax, as_float(r, r.tensor("self")))}; }

std::vector<ValueId> clamp(NodeReader& r) {
    const Formula x = formula(r, r.tensor("self"));
    const bool numbers = (!r.has("min") || r.is_number("min")) && (!r.has("max") || r.is_number("max"));
    if (numbers && is_float(x.dtype())) return {between(x, r.real("min", -INFINITY), r.real("max", INFINITY))};
    return {bounded(r, bounded(r, x, "min", op::Max), "max", op::Min)};
}

std::vector<ValueId> clamp_min(NodeReader& r) { return clamp(r); }
std::vector<ValueId> clamp_max(NodeReader& r) { return clamp(r); }

// Nothing in eval mode.
std::vector<ValueId> dropout(NodeReader& r) {
    supported(!r.flag("train", false) || r.real("p", 0) == 0, "it is random in training mode; export the model in eval mode");
    return {r.tensor(r.has("input") ? "input" : "self")};  // dropout_ names it self
}

}  // namespace tinsmith::torch::from_torch

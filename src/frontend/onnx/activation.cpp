// Activations that are not one operator of the graph.
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"

#include <cmath>
#include <limits>

namespace tinsmith::from_onnx {

static Formula input(NodeReader& r) { return {r.b, r.operand(0)}; }

// max(0, x) + min(0, alpha (e^(x / alpha) - 1))
std::vector<ValueId> celu(NodeReader& r) {
    const double alpha = r.real("alpha", 1);
    check(alpha != 0, "alpha is 0, by which x is divided");
    const Formula x = input(r);
    if (alpha == 1) return {elu(x)};
    if (alpha > 0) return {elu(x / alpha) * alpha};
    return {relu(x) + min((exp(x / alpha) - 1) * alpha, 0)};
}

// Elu with alpha 1 keeps the sign of x, so that a LeakyRelu scales exactly what it made of the negative ones.
std::vector<ValueId> elu(NodeReader& r) {
    const double alpha = r.real("alpha", 1);
    const Formula y = elu(input(r));
    return {alpha == 1 ? y : leaky_relu(y, alpha)};
}

std::vector<ValueId> selu(NodeReader& r) {
    const double alpha = r.real("alpha", 1.67326319217681884765625), gamma = r.real("gamma", 1.05070102214813232421875);
    return {leaky_relu(elu(input(r)), alpha) * gamma};
}

std::vector<ValueId> gelu(NodeReader& r) {
    const std::string form = r.text("approximate", "none");
    check(form == "none" || form == "tanh", "attribute 'approximate' is '{}': none or tanh", form);
    return {r.b.add(op::Gelu, {r.operand(0)}, {{"approximate", form == "tanh"}})};
}

std::vector<ValueId> hard_sigmoid(NodeReader& r) {
    const Formula x = input(r) * r.real("alpha", 0.2) + r.real("beta", 0.5);
    return {apply(op::Relu0To1, x)};
}

// x tanh(log(1 + e^x)); with n = e^x the tanh is n(n + 2) / (n(n + 2) + 2), which is 1 in float from x = 9 on.
std::vector<ValueId> mish(NodeReader& r) {
    const Formula x = input(r);
    const Formula n = exp(min(x, 20));
    const Formula m = n * (n + 2);
    return {x * (m / (m + 2))};
}

// x + bias below -lambd, x - bias above lambd, 0 between.
std::vector<ValueId> shrink(NodeReader& r) {
    const double bias = r.real("bias", 0), lambd = r.real("lambd", 0.5);
    const DType dtype = r.type(0).dtype;
    const Formula x = cast(input(r), DType::f32);  // the attributes are real numbers for every element type
    const Formula y = where(x > lambd, x - bias, where(x < -lambd, x + bias, x.number(0)));
    return {cast(y, dtype)};
}

// log(1 + e^x), written so that e^x stays below 1.
std::vector<ValueId> softplus(NodeReader& r) {
    const Formula x = input(r);
    return {relu(x) + log(exp(-abs(x)) + 1)};
}

std::vector<ValueId> softsign(NodeReader& r) {
    const Formula x = input(r);
    return {x / (abs(x) + 1)};
}

std::vector<ValueId> swish(NodeReader& r) {
    const double alpha = r.real("alpha", 1);
    const Formula x = input(r);
    return {x * sigmoid(alpha == 1 ? x : x * alpha)};
}

std::vector<ValueId> thresholded_relu(NodeReader& r) {
    const Formula x = input(r);
    return {where(x > r.real("alpha", 1), x, x.number(0))};
}

// Integers have no PRelu in the graph.
std::vector<ValueId> prelu(NodeReader& r) {
    const Formula x = input(r), slope{r.b, r.operand(1)};
    if (x.dtype() == DType::f32) return {apply(op::PRelu, x, slope)};
    return {where(x < 0, x * slope, x)};
}

std::vector<ValueId> relu(NodeReader& r) {
    const Formula x = input(r);
    return {x.dtype() == DType::f32 ? relu(x) : max(x, 0)};
}

// Bounds that TFLite has an operator for; otherwise max, then min: where the bounds cross, the upper one wins.
std::vector<ValueId> clip(NodeReader& r) {
    const Formula x = input(r);
    const bool real = x.dtype() == DType::f32;
    const auto bound = [&](size_t i, const char* name) -> std::optional<Formula> {
        if (r.has(i)) return Formula(r.b, r.in[i]);
        if (r.opset < 11 && r.has_attribute(name)) return x.number(r.real(name, 0));
        return std::nullopt;
    };
    const auto value = [&](const std::optional<Formula>& at, double absent) -> double {
        if (!at) return absent;
        return r.b.graph.is_constant(*at) && r.b.type(*at).elements() == 1 ? r.b.graph.constant_floats(*at)[0] : NAN;
    };
    const auto low = bound(1, "min"), high = bound(2, "max");
    for (const auto& at : {low, high})
        if (at) check(r.b.type(*at).elements() == 1, "a bound of shape {} should be a scalar", to_string(r.b.shape(*at)));
    if (real) {
        // Exporters write the largest float for "no bound".
        const double limit = std::numeric_limits<float>::max(), from = value(low, -limit), to = value(high, limit);
        if (from == 0 && to >= limit) return {relu(x)};
        if (from == 0 && to == 6) return {apply(op::Relu6, x)};
        if (from == 0 && to == 1) return {apply(op::Relu0To1, x)};
        if (from == -1 && to == 1) return {apply(op::ReluN1To1, x)};
        if (from <= -limit && to >= limit) return {x};
        if (from <= -limit) return {min(x, *high)};
        if (to >= limit) return {max(x, *low)};
    }
    Formula y = x;
    if (low) y = max(y, *low);
    if (high) y = min(y, *high);
    return {y};
}

}  // namespace tinsmith::from_onnx

#include "frontend/keras/functions.hpp"

#include "frontend/compose/formula.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace tinsmith::keras {

namespace {

Formula relu6(const Formula& x) { return apply(op::Relu6, x); }
Formula softplus(const Formula& x) { return relu(x) + log(exp(-abs(x)) + 1); }  // log(1 + e^x), e^x below 1
Formula hard_sigmoid(const Formula& x) { return relu6(x + 3) * (1.0 / 6); }

// x tanh(log(1 + e^x)); with n = e^x the tanh is n(n + 2) / (n(n + 2) + 2), which is 1 in float from x = 9 on.
Formula mish(const Formula& x) {
    const Formula n = exp(min(x, 20));
    const Formula m = n * (n + 2);
    return x * (m / (m + 2));
}

Formula selu(const Formula& x) {
    constexpr double alpha = 1.6732632423543772848170429916717, scale = 1.0507009873554804934193349852946;
    return leaky_relu(elu(x), alpha) * scale;
}

// 0 below -1, x above 1, a parabola between.
Formula sparse_plus(const Formula& x) { return where(x <= -1, x.number(0), where(x < 1, square(x + 1) * 0.25, x)); }

Formula soft_shrink(const Formula& x) { return where(x > 0.5, x - 0.5, where(x < -0.5, x + 0.5, x.number(0))); }

struct Function {
    std::string_view name;
    Formula (*of)(const Formula& x);
};

constexpr std::array functions{
    Function{"relu", [](const Formula& x) { return relu(x); }},
    Function{"relu6", relu6},
    Function{"leaky_relu", [](const Formula& x) { return leaky_relu(x, 0.2); }},
    Function{"elu", [](const Formula& x) { return elu(x); }},
    Function{"celu", [](const Formula& x) { return elu(x); }},
    Function{"selu", selu},
    Function{"softplus", softplus},
    Function{"softsign", [](const Formula& x) { return x / (abs(x) + 1); }},
    Function{"sigmoid", [](const Formula& x) { return sigmoid(x); }},
    Function{"tanh", [](const Formula& x) { return tanh(x); }},
    Function{"silu", [](const Formula& x) { return x * sigmoid(x); }},
    Function{"swish", [](const Formula& x) { return x * sigmoid(x); }},
    Function{"gelu",
             [](const Formula& x) {
                 return apply(op::Gelu, x, {{"approximate", false}});
             }},
    Function{"hard_silu", [](const Formula& x) { return apply(op::HardSwish, x); }},
    Function{"hard_swish", [](const Formula& x) { return apply(op::HardSwish, x); }},
    Function{"hard_tanh", [](const Formula& x) { return apply(op::ReluN1To1, x); }},
    Function{"tanh_shrink", [](const Formula& x) { return x - tanh(x); }},
    Function{"soft_shrink", soft_shrink},
    Function{"hard_shrink", [](const Formula& x) { return where(abs(x) > 0.5, x, x.number(0)); }},
    Function{"sparse_plus", sparse_plus},
    Function{"sparse_sigmoid", [](const Formula& x) { return min(max((x + 1) * 0.5, 0), 1); }},
    Function{"squareplus", [](const Formula& x) { return (x + sqrt(square(x) + 4)) * 0.5; }},
    Function{"exponential", [](const Formula& x) { return exp(x); }},
    Function{"log_sigmoid", [](const Formula& x) { return -softplus(-x); }},
    Function{"mish", mish},
    Function{"linear", [](const Formula& x) { return x; }},
};

std::string function_name(const Json& spec) {
    if (spec.is_string()) return spec.get<std::string>();
    const Json& config = spec.contains("config") ? spec["config"] : spec;
    if (config.is_string()) return config.get<std::string>();
    fail(Fault::unsupported, "an activation function that the file does not name: {}", json_excerpt(spec));
}

}  // namespace

ValueId softmax_along(Compose& m, ValueId x, int64_t axis, const OpDef& op) {
    const auto rank = static_cast<int64_t>(m.shape(x).size());
    axis = normalized_axis(axis, rank);
    Ints perm(static_cast<size_t>(rank));
    std::iota(perm.begin(), perm.end(), 0);
    std::swap(perm[static_cast<size_t>(axis)], perm.back());
    return m.transpose(m.b.add(op, {m.transpose(x, perm)}), perm);
}

std::optional<ValueId> named_function(Compose& m, const std::string& name, ValueId x, int major) {
    const Formula input{m.b, x};
    if (name == "softmax") return softmax_along(m, x, -1);
    if (name == "log_softmax") return softmax_along(m, x, -1, op::LogSoftmax);
    if (name == "hard_sigmoid") return major < 3 ? apply(op::Relu0To1, input * 0.2 + 0.5) : hard_sigmoid(input);
    if (name == "glu") {
        const int64_t axis = static_cast<int64_t>(m.shape(x).size()) - 1, extent = m.shape(x).back();
        check(extent % 2 == 0, "halves of an extent of {}", extent);
        const auto halves = m.split(x, axis, {extent / 2, extent / 2});
        return m.mul(halves[0], m.unary(op::Sigmoid, halves[1]));
    }
    const auto found = std::find_if(functions.begin(), functions.end(), [&](const Function& f) { return f.name == name; });
    return found == functions.end() ? std::nullopt : std::optional<ValueId>(found->of(input));
}

ValueId activate(const LayerReader& r, ValueId x, const char* key) {
    return r.has(key) ? activate_as(r, r.config()[key], x) : x;
}

ValueId activate_as(const LayerReader& r, const Json& spec, ValueId x) {
    if (spec.is_object() && spec.contains("class_name") && spec["class_name"] != "function" && spec.contains("config") &&
        spec["config"].is_object())
        return r.inner_output(spec, Weights{}, {x});
    const std::string name = function_name(spec);
    const auto y = named_function(r.m, name, x, r.major);
    supported(y.has_value(), "the activation function '{}'", name);
    return *y;
}

ValueId relu_of(Compose& m, ValueId x, const ReluParameters& p) {
    const Formula in{m.b, x};
    const double highest = p.max_value.value_or(-1);
    if (p.slope == 0 && p.threshold == 0) {
        if (!p.max_value) return relu(in);
        if (highest == 6) return relu6(in);
        if (highest == 1) return apply(op::Relu0To1, in);
        return min(relu(in), highest);
    }
    if (p.threshold == 0 && !p.max_value) return leaky_relu(in, p.slope);
    Formula y = p.threshold == 0 ? relu(in) : where(in > p.threshold, in, in.number(0));
    if (p.max_value) y = min(max(y, 0), highest);
    return p.slope == 0 ? y : y - relu(-in + p.threshold) * p.slope;
}

}  // namespace tinsmith::keras

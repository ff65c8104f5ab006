// Activation layers.
#include "frontend/compose/formula.hpp"
#include "frontend/keras/functions.hpp"
#include "frontend/keras/layers.hpp"

namespace tinsmith::keras {

std::vector<ValueId> activation(LayerReader& r) { return {activate(r, r.input())}; }

std::vector<ValueId> relu(LayerReader& r) {
    ReluParameters p{r.real("negative_slope", 0), r.real("threshold", 0), std::nullopt};
    if (r.has("max_value")) p.max_value = r.real("max_value", 0);
    return {relu_of(r.m, r.input(), p)};
}

std::vector<ValueId> leaky_relu(LayerReader& r) {
    const double slope = r.has("negative_slope") ? r.real("negative_slope", 0.3) : r.real("alpha", 0.3);
    return {leaky_relu(Formula{r.b(), r.input()}, slope)};
}

std::vector<ValueId> prelu(LayerReader& r) {
    const Shape slope = r.weight_shape("alpha");
    Shape one(r.shape());
    one.erase(one.begin());
    check(broadcast(one, slope) == one, "weight 'alpha' has shape {}, the input {}", to_string(slope), to_string(r.shape()));
    return {r.b().add(op::PRelu, {r.input(), r.weight("alpha", slope)})};
}

std::vector<ValueId> elu(LayerReader& r) {
    const double alpha = r.real("alpha", 1);
    const Formula y = elu(Formula{r.b(), r.input()});
    return {alpha == 1 ? y : leaky_relu(y, alpha)};
}

// Over several axes: e^x divided by its sum.
std::vector<ValueId> softmax(LayerReader& r) {
    supported(r.tensor_argument(1, "mask") == no_value, "a mask");
    Ints axes = r.has("axis") ? r.integers("axis") : Ints{-1};
    for (int64_t& axis : axes) axis = normalized_axis(axis, r.rank());
    if (axes.size() == 1) return {softmax_along(r.m, r.input(), axes[0])};
    const ValueId x = r.input(), powers = r.m.unary(op::Exp, r.m.sub(x, r.m.reduce(op::ReduceMax, x, axes, true)));
    return {r.m.div(powers, r.m.reduce(op::ReduceSum, powers, axes, true))};
}

std::vector<ValueId> thresholded_relu(LayerReader& r) {
    const Formula x{r.b(), r.input()};
    return {where(x > r.real("theta", 1), x, x.number(0))};
}

// Layers that do nothing outside training.
std::vector<ValueId> pass_on(LayerReader& r) { return {r.input()}; }

Slots slots::none(const Json&, int) { return {}; }
Slots slots::alpha(const Json&, int) { return {{"alpha", "", true}}; }

}  // namespace tinsmith::keras

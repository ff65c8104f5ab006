// Activation layers.
#include "frontend/compose/formula.hpp"
#include "frontend/keras/functions.hpp"
#include "frontend/keras/layers.hpp"
#include "frontend/keras/masks.hpp"

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
    constexpr double masked = -1e9;
    Ints axes = r.has("axis") ? r.integers("axis") : Ints{-1};
    for (int64_t& axis : axes) axis = normalized_axis(axis, r.rank());
    ValueId x = r.input();
    if (const ValueId mask = mask_of(r); mask != no_value) {
        check(r.m.shape(mask).size() <= r.shape().size() && broadcast(r.m.shape(mask), r.shape()) == r.shape(),
              "a mask of shape {} for an input of shape {}", to_string(r.m.shape(mask)), to_string(r.shape()));
        x = r.b().add(op::Where, {mask, x, r.m.number(masked, x)});
    }
    if (axes.size() == 1) return {softmax_along(r.m, x, axes[0])};
    const ValueId powers = r.m.unary(op::Exp, r.m.sub(x, r.m.reduce(op::ReduceMax, x, axes, true)));
    return {r.m.div(powers, r.m.reduce(op::ReduceSum, powers, axes, true))};
}

std::vector<ValueId> thresholded_relu(LayerReader& r) {
    const Formula x{r.b(), r.input()};
    return {where(x > r.real("theta", 1), x, x.number(0))};
}

// Steps whose features all equal the value become zero.
std::vector<ValueId> masking(LayerReader& r) {
    Compose& m = r.m;
    check(r.rank() >= 2, "the input has shape {}", to_string(r.shape()));
    const ValueId x = r.input(), counts = m.b.add(op::NotEqual, {x, m.number(r.real("mask_value", 0), x)});
    return {m.mul(x, m.cast(m.reduce(op::ReduceAny, counts, {r.rank() - 1}, true), m.dtype(x)))};
}

// Layers that do nothing outside training.
std::vector<ValueId> pass_on(LayerReader& r) { return {r.input()}; }

Slots slots::none(const Json&, int) { return {}; }
Slots slots::alpha(const Json&, int) { return {{"alpha", "", true}}; }

}  // namespace tinsmith::keras

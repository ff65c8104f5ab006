// Normalisations, in the primitives that passes recognise again.
#include "frontend/compose/normalization.hpp"

#include "frontend/keras/layers.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith::keras {

namespace {

Slots gamma_and_beta(const Json& config) {
    Slots out;
    if (flag_of(config, "scale", true)) out.push_back({"gamma", "", true});
    if (flag_of(config, "center", true)) out.push_back({"beta", "", true});
    return out;
}

Ints axes_of(const LayerReader& r, int64_t fallback) {
    Ints axes = r.has("axis") ? r.integers("axis") : Ints{fallback};
    for (int64_t& axis : axes) axis = normalized_axis(axis, r.rank());
    std::sort(axes.begin(), axes.end());
    return axes;
}

// Parameters along some axes of x, with the other extents 1.
ValueId along(const LayerReader& r, ValueId parameter, const Ints& axes) {
    Shape shape(r.shape().size(), 1);
    for (int64_t axis : axes) shape[static_cast<size_t>(axis)] = r.shape()[static_cast<size_t>(axis)];
    // Leading ones change nothing where it is broadcast.
    shape.erase(shape.begin(), std::find_if(shape.begin(), shape.end(), [](int64_t n) { return n != 1; }));
    if (shape.empty()) shape = {1};
    return r.m.reshape(parameter, shape);
}

Shape extents(const LayerReader& r, const Ints& axes) {
    Shape shape;
    for (int64_t axis : axes) shape.push_back(r.shape()[static_cast<size_t>(axis)]);
    return shape;
}

}  // namespace

// y = x * scale + (beta - mean * scale), scale = gamma / sqrt(variance + epsilon), so that what is constant folds.
std::vector<ValueId> batch_normalization(LayerReader& r) {
    Compose& m = r.m;
    const Ints axes = axes_of(r, -1);
    supported(axes.size() == 1, "statistics along {} axes", axes.size());
    supported(r.integer("mode", 0) != 1, "mode 1 of Keras 1, whose statistics are those of each sample");
    const Shape channels = extents(r, axes);
    ValueId scale = m.unary(op::Rsqrt, m.add_number(r.weight("moving_variance", channels), r.real("epsilon", 1e-3)));
    if (r.flag("scale", true)) scale = m.mul(r.weight("gamma", channels), scale);
    const ValueId mean = m.mul(r.weight("moving_mean", channels), scale);
    const ValueId shift = r.flag("center", true) ? m.sub(r.weight("beta", channels), mean) : m.unary(op::Neg, mean);
    return {scale_and_shift(m, r.input(), along(r, scale, axes), along(r, shift, axes))};
}

std::vector<ValueId> layer_normalization(LayerReader& r) {
    const Ints axes = axes_of(r, -1);
    const Shape shape = extents(r, axes);
    const double epsilon = r.real("epsilon", 1e-3);
    if (r.flag("rms_scaling", false)) {
        const ValueId x = r.input(), mean = r.m.reduce(op::ReduceMean, r.m.unary(op::Square, x), axes, true);
        return {
            r.m.mul(r.m.mul(x, r.m.unary(op::Rsqrt, r.m.add_number(mean, epsilon))), along(r, r.weight("gamma", shape), axes))};
    }
    const ValueId y = normalize(r.m, r.input(), axes, epsilon).y;
    return {scale_and_shift(r.m, y, r.flag("scale", true) ? along(r, r.weight("gamma", shape), axes) : no_value,
                            r.flag("center", true) ? along(r, r.weight("beta", shape), axes) : no_value)};
}

// Channels [..., c, ...] as [..., groups, c / groups, ...], normalised over everything but batch and groups.
std::vector<ValueId> group_normalization(LayerReader& r) {
    const Ints axes = axes_of(r, -1);
    check(axes.size() == 1, "'axis' has {} numbers", axes.size());
    const auto axis = static_cast<size_t>(axes[0]);
    const Shape x = r.shape();
    const int64_t stated = r.integer("groups", 32), groups = stated == -1 ? x[axis] : stated;
    check(axis >= 1 && groups >= 1 && x[axis] % groups == 0, "{} groups of an input of shape {}", groups, to_string(x));
    Shape apart(x);
    apart[axis] /= groups;
    apart.insert(apart.begin() + axes[0], groups);
    Ints over;
    for (int64_t i = 1; i < static_cast<int64_t>(apart.size()); ++i)
        if (i != axes[0]) over.push_back(i);
    const ValueId y = normalize(r.m, r.m.reshape(r.input(), apart), over, r.real("epsilon", 1e-3)).y;
    const Shape channels = extents(r, axes);
    return {scale_and_shift(r.m, r.m.reshape(y, x),
                            r.flag("scale", true) ? along(r, r.weight("gamma", channels), axes) : no_value,
                            r.flag("center", true) ? along(r, r.weight("beta", channels), axes) : no_value)};
}

// x / sqrt(max(sum of squares, 1e-12)).
std::vector<ValueId> unit_normalization(LayerReader& r) {
    const ValueId x = r.input(), sum = r.m.reduce(op::ReduceSum, r.m.unary(op::Square, x), axes_of(r, -1), true);
    return {r.m.mul(x, r.m.unary(op::Rsqrt, r.m.max(sum, r.m.number(1e-12, sum))))};
}

std::vector<ValueId> rms_normalization(LayerReader& r) {
    const Ints axes = axes_of(r, -1);
    const ValueId x = r.input(), mean = r.m.reduce(op::ReduceMean, r.m.unary(op::Square, x), axes, true);
    const ValueId y = r.m.mul(x, r.m.unary(op::Rsqrt, r.m.add_number(mean, r.real("epsilon", 1e-6))));
    return {r.m.mul(y, along(r, r.weight("scale", extents(r, axes)), axes))};
}

// (x - mean) / max(sqrt(variance), 1e-7), with statistics of the data or of the configuration.
std::vector<ValueId> normalization(LayerReader& r) {
    Compose& m = r.m;
    const Ints axes = r.has("axis") ? axes_of(r, -1) : Ints{};
    const Shape shape = extents(r, axes);
    auto statistic = [&](const char* key) {
        if (r.has_weight(key)) return along(r, r.weight(key, shape), axes);
        std::vector<float> values = r.reals(key);
        check(!values.empty(), "'{}' is missing", key);
        if (values.size() == 1) return m.b.splat(static_cast<double>(values[0]), {DType::f32, {1}, {}});
        check(static_cast<int64_t>(values.size()) == element_count(shape), "'{}' has {} numbers", key, values.size());
        const ValueId list = m.b.floats(std::move(values), shape);
        return along(r, list, axes);
    };
    const ValueId mean = statistic("mean"), root = m.unary(op::Sqrt, statistic("variance"));
    const ValueId deviation = m.max(root, m.number(1e-7, root)), x = m.cast(r.input(), DType::f32);
    return {r.flag("invert", false) ? m.add(mean, m.mul(x, deviation)) : m.div(m.sub(x, mean), deviation)};
}

std::vector<ValueId> rescaling(LayerReader& r) {
    Compose& m = r.m;
    const ValueId x = m.cast(r.input(), DType::f32);
    auto constant = [&](const char* key, double fallback) {
        std::vector<float> values = r.reals(key);
        if (values.empty()) values = {static_cast<float>(fallback)};
        const auto count = static_cast<int64_t>(values.size());
        return count == 1 ? m.number(static_cast<double>(values[0]), x) : m.b.floats(std::move(values), {count});
    };
    return {m.add(m.mul(x, constant("scale", 1)), constant("offset", 0))};
}

// Of keras.applications.ConvNeXt: x * gamma, by channel.
std::vector<ValueId> layer_scale(LayerReader& r) {
    const Ints axes{r.rank() - 1};
    return {r.m.mul(r.input(), along(r, r.weight("gamma", extents(r, axes)), axes))};
}

// Of keras.applications.InceptionResNetV2: x + y * scale.
std::vector<ValueId> custom_scale(LayerReader& r) {
    check(r.in.size() == 2 && r.has("scale"), "it has {} inputs and {} 'scale'", r.in.size(), r.has("scale") ? "a" : "no");
    return {r.m.add(r.in[0], r.m.mul(r.in[1], r.m.number(r.real("scale", 1), r.in[1])))};
}

Slots slots::gamma(const Json&, int) { return {{"gamma", "", true}}; }

Slots slots::batch_norm(const Json& config, int) {
    Slots out = gamma_and_beta(config);
    out.push_back({"moving_mean", "", false});
    out.push_back({"moving_variance", "", false});
    return out;
}

Slots slots::layer_norm(const Json& config, int) {
    if (flag_of(config, "rms_scaling", false)) return {{"gamma", "", true}};
    return gamma_and_beta(config);
}

Slots slots::group_norm(const Json& config, int) { return gamma_and_beta(config); }
Slots slots::rms_norm(const Json&, int) { return {{"scale", "", true}}; }

Slots slots::normalization(const Json& config, int) {
    if (config.is_object() && config.contains("mean") && !config["mean"].is_null()) return {};
    return {{"mean", "", false}, {"variance", "", false}, {"count", "", false}};
}

}  // namespace tinsmith::keras

// What tensorflow-model-optimization wraps layers in: pruning, which goes, and quantisation that was trained, which stays as the
// scales that it learnt. Its rounding is that of TensorFlow's FakeQuantWithMinMaxVars.
#include "frontend/keras/functions.hpp"
#include "frontend/keras/layers.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith::keras {

namespace {

struct Grid {
    float scale = 1;
    int64_t zero = 0;  // the step that stands for 0, counted from the lowest
};

// The grid of `steps` steps over [low, high], moved so that 0 lies on it.
Grid grid_over(float low, float high, int64_t steps) {
    check(std::isfinite(low) && std::isfinite(high) && low <= high, "a range from {} to {}", static_cast<double>(low),
          static_cast<double>(high));
    low = std::min(low, 0.0f);
    high = std::max(high, 0.0f);
    const float scale = (high - low) / static_cast<float>(steps);
    if (!(scale > 0)) return {1, 0};
    const float zero = std::clamp(std::round(-low / scale), 0.0f, static_cast<float>(steps));
    return {scale, static_cast<int64_t>(zero)};
}

std::vector<float> floats_of(const Tensor& tensor) {
    check(tensor.type.dtype == DType::f32, "a range holds integers");
    std::vector<float> out(static_cast<size_t>(tensor.type.elements()));
    if (!out.empty()) std::memcpy(out.data(), tensor.data.bytes().data(), out.size() * sizeof(float));
    return out;
}

std::vector<float> range_end(const LayerReader& r, const std::string& role) {
    r.weight_shape(role);
    return floats_of(r.weights.of_roles.at(role));
}

// Weights as the grid of their channels has them: 255 steps, symmetric, one range for all or one for each index of the last axis.
Tensor on_grid(const LayerReader& r, const Tensor& weights, const std::string& role) {
    constexpr int64_t steps = 254;
    const std::vector<float> low = range_end(r, role + "_min"), high = range_end(r, role + "_max");
    std::vector<float> values = floats_of(weights);
    check(
        !low.empty() && low.size() == high.size() &&
            (low.size() == 1 || (!weights.type.shape.empty() && static_cast<int64_t>(low.size()) == weights.type.shape.back())),
        "{} ranges for weights of shape {}", low.size(), to_string(weights.type.shape));
    std::vector<Grid> grids;
    for (size_t c = 0; c < low.size(); ++c) grids.push_back(grid_over(low[c], high[c], steps));
    for (size_t i = 0; i < values.size(); ++i) {
        const Grid& g = grids[i % grids.size()];
        const float lowest = -static_cast<float>(g.zero) * g.scale, highest = static_cast<float>(steps - g.zero) * g.scale;
        const float inside = std::clamp(values[i], lowest, highest) - lowest;
        values[i] = std::floor(inside / g.scale + 0.5f) * g.scale + lowest;
    }
    return {weights.type, Buffer::of(std::move(values))};
}

// x through int8 with the scale and zero point of a range.
ValueId through_int8(LayerReader& r, ValueId x, const std::string& role) {
    if (!r.has_weight(role + "_min")) return x;
    const auto low = range_end(r, role + "_min"), high = range_end(r, role + "_max");
    check(low.size() == 1 && high.size() == 1, "'{}' has {} ranges", role, low.size());
    const Grid g = grid_over(low[0], high[0], 255);
    const ValueId q = r.b().add(op::Quantize, {x},
                                {{"dtype", std::string("i8")},
                                 {"scale", Floats{static_cast<double>(g.scale)}},
                                 {"zero_point", Ints{g.zero - 128}},
                                 {"axis", int64_t{-1}}});
    return r.b().add(op::Dequantize, {q});
}

// The activation that QuantizeAwareActivation wraps; "linear" where there is none.
Json activation_inside(Json& config) {
    if (!config.contains("activation")) return "linear";
    Json activation = config["activation"];
    config["activation"] = "linear";
    if (activation.is_object() && activation.value("class_name", "") == "QuantizeAwareActivation")
        activation = activation.at("config").value("activation", Json("linear"));
    if (activation.is_object() && activation.value("class_name", "") == "NoOpActivation") return "linear";
    return activation;
}

}  // namespace

std::vector<ValueId> quantize_layer(LayerReader& r) {
    const std::string name = name_of(r.layer);
    return {through_int8(r, r.input(), r.has_weight(name + "_min") ? name : "quantize_layer")};
}

std::vector<ValueId> quantize_wrapper(LayerReader& r) {
    Json layer = parts_of(r.layer).at(0).layer;
    check(layer["config"].is_object(), "its layer has no configuration");
    const Json activation = activation_inside(layer["config"]);
    Weights weights = r.part_weights("layer");
    for (auto& [role, tensor] : weights.of_roles)
        if (r.has_weight(role + "_min")) tensor = on_grid(r, tensor, role);
    ValueId y = r.inner_output(layer, weights, r.in);
    y = through_int8(r, y, "pre_activation");
    y = through_int8(r, activate_as(r, activation, y), "post_activation");
    return {through_int8(r, y, "output")};
}

// The vector that a SpectralNormalization iterates on matters in training alone: the kernel is kept as it was divided.
Slots slots::spectral(const Json&, int) { return {{"vector_u", "", false}}; }

std::vector<ValueId> pruning_wrapper(LayerReader& r) {
    return r.inner(parts_of(r.layer).at(0).layer, r.part_weights("layer"), r.in);
}

}  // namespace tinsmith::keras

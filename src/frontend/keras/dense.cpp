// Dense and Embedding.
#include "frontend/keras/functions.hpp"
#include "frontend/keras/layers.hpp"

namespace tinsmith::keras {

bool uses_bias(const Json& config) { return flag_of(config, "use_bias", true); }

Slots slots::kernel(const Json& config, int) {
    Slots out{{"kernel", "", true}};
    if (uses_bias(config)) out.push_back({"bias", "", true});
    return out;
}

std::vector<ValueId> dense(LayerReader& r) {
    const int64_t units = r.integer("units");
    check(r.rank() >= 2, "the input has shape {}", to_string(r.shape()));
    ValueId kernel = r.weight("kernel", {r.shape().back(), units});
    if (r.has_weight("kernel_scale")) kernel = r.m.div(kernel, r.weight("kernel_scale", {units}));
    const ValueId y = r.b().add(op::FullyConnected, {r.input(), r.m.transpose(kernel, {1, 0}), r.bias(units)});
    return {activate(r, y)};
}

// How Keras 3 quantised a layer: "int8", "int8_from_float32"; "": it did not.
static std::string quantisation_of(const Json& config) {
    if (!config.is_object() || !config.contains("dtype")) return {};
    const Json& dtype = config["dtype"];
    if (dtype.is_object() && dtype.contains("config") && dtype["config"].is_object()) return dtype["config"].value("mode", "");
    if (!dtype.is_string()) return {};
    const std::string name = dtype.get<std::string>();
    return name.find("_from_") == name.npos ? "" : name.substr(0, name.find("_from_"));
}

Slots quantised_slots(const Json& config, int major, const std::string& role, bool biased) {
    const std::string mode = major < 3 ? "" : quantisation_of(config);
    supported(mode.empty() || mode == "int8",
              "weights quantised to '{}'; save the model before quantize(), or with quantize('int8')", mode);
    Slots out{{role, "", mode.empty()}};
    if (biased) out.push_back({"bias", "", true});
    if (!mode.empty()) out.push_back({role + "_scale", "", false});
    return out;
}

Slots slots::dense(const Json& config, int major) { return quantised_slots(config, major, "kernel", uses_bias(config)); }

Slots slots::embedding(const Json& config, int major) { return quantised_slots(config, major, "embeddings", false); }

std::vector<ValueId> embedding(LayerReader& r) {
    const Shape table{r.integer("input_dim"), r.integer("output_dim")};
    const ValueId indices = r.m.cast(r.input(), DType::i32);
    ValueId rows = r.weight("embeddings", table);
    if (r.has_weight("embeddings_scale"))
        rows = r.m.div(rows, r.m.reshape(r.weight("embeddings_scale", r.weight_shape("embeddings_scale")), {table[0], 1}));
    return {r.b().add(op::Gather, {rows, indices}, {{"axis", int64_t{0}}})};
}

}  // namespace tinsmith::keras

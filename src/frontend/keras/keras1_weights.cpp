// The weights of Keras 1: convolutions with channels first, recurrent layers with a list for each gate.
#include "frontend/keras/keras1.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

bool says(const Json& config, const char* key, const char* text) { return config.contains(key) && config[key] == text; }

size_t strides_of(const Shape& shape, size_t axis) {
    size_t stride = 1;
    for (size_t i = axis + 1; i < shape.size(); ++i) stride *= static_cast<size_t>(shape[i]);
    return stride;
}

Tensor permuted(const Tensor& from, const std::vector<size_t>& perm) {
    const Shape& shape = from.type.shape;
    check(shape.size() == perm.size() && from.type.dtype == DType::f32, "a kernel of shape {}", to_string(shape));
    Tensor to{{DType::f32, {}, {}}, {}};
    std::vector<size_t> stride;
    for (size_t axis : perm) {
        to.type.shape.push_back(shape[axis]);
        stride.push_back(strides_of(shape, axis));
    }
    const auto count = static_cast<size_t>(from.type.elements());
    std::vector<float> in(count), out(count);
    if (count > 0) std::memcpy(in.data(), from.data.bytes().data(), count * sizeof(float));
    for (size_t i = 0; i < count; ++i) {
        size_t rest = i, at = 0;
        for (size_t d = perm.size(); d-- > 0;) {
            const auto extent = static_cast<size_t>(to.type.shape[d]);
            at += rest % extent * stride[d];
            rest /= extent;
        }
        out[i] = in[at];
    }
    to.data = Buffer::of(std::move(out));
    return to;
}

// Matrices or vectors side by side.
Tensor beside(const std::vector<const Tensor*>& parts) {
    const Shape& first = parts[0]->type.shape;
    check(first.size() == 1 || first.size() == 2, "weights of shape {}", to_string(first));
    const size_t columns = static_cast<size_t>(first.back()), rows = first.size() == 2 ? static_cast<size_t>(first[0]) : 1;
    std::vector<float> out(rows * columns * parts.size());
    for (size_t p = 0; p < parts.size(); ++p) {
        check(parts[p]->type.shape == first && parts[p]->type.dtype == DType::f32, "weights of shapes {} and {}",
              to_string(first), to_string(parts[p]->type.shape));
        const auto* in = parts[p]->data.bytes().data();
        for (size_t row = 0; row < rows; ++row)
            std::memcpy(out.data() + (row * parts.size() + p) * columns, in + row * columns * sizeof(float),
                        columns * sizeof(float));
    }
    Shape shape(first);
    shape.back() *= static_cast<int64_t>(parts.size());
    return {{DType::f32, shape, {}}, Buffer::of(std::move(out))};
}

// The gates in the order in which Keras 2 has them.
const char* gates_of(const Json& config) { return config.contains("forget_bias_init") ? "ifco" : "zrh"; }

void join_gates(const Json& config, Weights& weights) {
    for (const char* role : {"kernel", "recurrent_kernel", "bias"}) {
        std::vector<const Tensor*> parts;
        for (const char* gate = gates_of(config); *gate; ++gate) {
            const auto part = weights.of_roles.find(std::string(role) + "_" + *gate);
            if (part == weights.of_roles.end()) return;  // of another class, in spite of its parameters
            parts.push_back(&part->second);
        }
        weights.of_roles[role] = beside(parts);
    }
}

}  // namespace

Slots gates_of_keras_1(const Json& config) {
    if (!config.is_object() || !config.contains("inner_init") || !config.contains("inner_activation")) return {};
    if (says(config, "consume_less", "gpu")) return {};
    Slots out;
    for (const char gate : std::string(config.contains("forget_bias_init") ? "icfo" : "zrh"))
        for (const char* role : {"kernel", "recurrent_kernel", "bias"})
            out.push_back({std::string(role) + "_" + gate, "", true});
    return out;
}

void lay_out_as_keras_2(const Json& layer, Weights& weights) {
    const Json& config = layer["config"];
    if (!config.is_object()) return;
    const std::string kind = class_of(layer);
    auto permute = [&](const char* role, const std::vector<size_t>& perm) {
        if (const auto found = weights.of_roles.find(role); found != weights.of_roles.end())
            found->second = permuted(found->second, perm);
    };
    if (!gates_of_keras_1(config).empty()) return join_gates(config, weights);
    if (kind == "Conv1D" && config.contains("filter_length")) {
        Tensor& kernel = weights.of_roles.at("kernel");
        check(kernel.type.shape.size() == 4, "weight 'kernel' has shape {}", to_string(kernel.type.shape));
        const bool older = kernel.type.shape[1] != 1 || Json(kernel.type.shape[3]) != config.value("filters", Json());
        kernel = permuted(kernel, older ? std::vector<size_t>{2, 3, 1, 0} : std::vector<size_t>{0, 1, 2, 3});
        check(kernel.type.shape[1] == 1, "weight 'kernel' has shape {}", to_string(kernel.type.shape));
        kernel.type.shape.erase(kernel.type.shape.begin() + 1);
    }
    if (!config.contains("dim_ordering")) return;
    const bool first = config["dim_ordering"] == "th";
    if (kind == "Conv2DTranspose")
        return permute("kernel", first ? std::vector<size_t>{2, 3, 0, 1} : std::vector<size_t>{0, 1, 3, 2});
    if (!first) return;
    if (kind == "Conv3D") return permute("kernel", {2, 3, 4, 1, 0});
    for (const char* role : {"kernel", "depthwise_kernel", "pointwise_kernel"}) permute(role, {2, 3, 1, 0});
}

}  // namespace tinsmith::keras

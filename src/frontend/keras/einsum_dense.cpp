// EinsumDense.
#include "frontend/compose/einsum.hpp"
#include "frontend/keras/functions.hpp"
#include "frontend/keras/layers.hpp"

#include <algorithm>

namespace tinsmith::keras {

namespace {

struct Labels {
    std::string kernel, output;  // without ellipses
};

Labels labels_of(const std::string& equation) {
    const size_t comma = equation.find(','), arrow = equation.find("->");
    check(comma != equation.npos && arrow != equation.npos && comma < arrow, "'equation' is '{}'", equation);
    auto letters = [](std::string text) {
        std::erase_if(text, [](char c) { return c == '.' || c == ' '; });
        return text;
    };
    return {letters(equation.substr(comma + 1, arrow - comma - 1)), letters(equation.substr(arrow + 2))};
}

// The divisors of an int8 kernel lie along the axes of the result: the same along those of the kernel.
ValueId scale_of_kernel(const LayerReader& r, const Labels& labels, const Shape& kernel) {
    Compose& m = r.m;
    const Shape stated = r.weight_shape("kernel_scale");
    check(element_count(stated) >= 1, "weight 'kernel_scale' has shape {}", to_string(stated));
    std::string shared;  // labels of the kernel, in the order of the result
    Shape in_output_order, expected;
    Ints perm;
    for (char label : labels.output)
        if (const size_t at = labels.kernel.find(label); at != std::string::npos) {
            shared += label;
            in_output_order.push_back(kernel[at]);
        }
    for (size_t i = 0; i < labels.kernel.size(); ++i) {
        const size_t at = shared.find(labels.kernel[i]);
        expected.push_back(at == std::string::npos ? 1 : kernel[i]);
        if (at != std::string::npos) perm.push_back(static_cast<int64_t>(at));
    }
    check(element_count(in_output_order) == element_count(stated), "weight 'kernel_scale' has shape {}", to_string(stated));
    const ValueId scale = m.reshape(r.weight("kernel_scale", stated), in_output_order);
    return m.reshape(m.transpose(scale, perm), expected);
}

// The bias lies along axes of the result, with extent 1 along the others.
ValueId with_bias(const LayerReader& r, ValueId y) {
    if (!r.has_weight("bias")) return y;
    const Shape bias = r.weight_shape("bias");
    check(bias.size() <= r.m.shape(y).size() && broadcast(bias, r.m.shape(y)) == r.m.shape(y),
          "weight 'bias' has shape {}, the result {}", to_string(bias), to_string(r.m.shape(y)));
    return r.m.add(y, r.weight("bias", bias));
}

}  // namespace

std::vector<ValueId> einsum_dense(LayerReader& r) {
    const std::string equation = r.text("equation", "");
    const Labels labels = labels_of(equation);
    const Shape shape = r.weight_shape("kernel");
    check(shape.size() == labels.kernel.size(), "weight 'kernel' has shape {} for '{}'", to_string(shape), equation);
    ValueId kernel = r.weight("kernel", shape);
    if (r.has_weight("kernel_scale")) kernel = r.m.div(kernel, scale_of_kernel(r, labels, shape));
    return {activate(r, with_bias(r, einsum(r.m, equation, {r.input(), kernel})))};
}

Slots slots::einsum(const Json& config, int major) {
    const bool biased = config.is_object() && config.contains("bias_axes") && !config["bias_axes"].is_null();
    return quantised_slots(config, major, "kernel", biased);
}

}  // namespace tinsmith::keras

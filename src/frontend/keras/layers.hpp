// The layers that are read: one row each.
#pragma once

#include "frontend/keras/layer_reader.hpp"

namespace tinsmith::keras {

struct LayerRow {
    std::string_view name;  // class of Keras
    ConvertLayer convert;
    Slots (*slots)(const Json& config, int major);
};

const LayerRow* find_layer(std::string_view name);

// The weights of a layer; none for a class that is not known.
Slots slots_of(const Json& layer, int major);

#define KERAS_LAYER(name, function, slots) std::vector<ValueId> function(LayerReader& r);
#include "frontend/keras/layers.inc"
#undef KERAS_LAYER

// The weights of layers, by configuration.
namespace slots {
Slots none(const Json&, int);
Slots kernel(const Json& config, int);  // kernel, bias
Slots dense(const Json& config, int major);
Slots einsum(const Json& config, int major);
Slots spectral(const Json& config, int major);
Slots depthwise(const Json& config, int);   // depthwise_kernel, bias
Slots separable(const Json& config, int);   // depthwise_kernel, pointwise_kernel, bias
Slots batch_norm(const Json& config, int);  // gamma, beta, moving_mean, moving_variance
Slots layer_norm(const Json& config, int);  // gamma, beta
Slots group_norm(const Json& config, int);
Slots normalization(const Json& config, int);
Slots alpha(const Json&, int);
Slots embedding(const Json& config, int major);
Slots recurrent(const Json& config, int);  // of the cell
Slots cell(const Json& config, int);
Slots rms_norm(const Json&, int);
Slots gamma(const Json&, int);
Slots multi_head_attention(const Json& config, int);
Slots attention(const Json& config, int);
}  // namespace slots

// The weights of a layer that Keras 3 may have quantised: integers, a bias, and what the integers are divided by. Throws
// Fault::unsupported for a quantisation other than to int8.
Slots quantised_slots(const Json& config, int major, const std::string& role, bool biased);

// A call of a function of keras.ops, whose classes have the names of layers.
std::vector<ValueId> operation(LayerReader& r);

// Whether a layer has a bias.
bool uses_bias(const Json& config);

}  // namespace tinsmith::keras

// Which weights each layer of a model has, and where its file keeps them.
#pragma once

#include "format/keras/file.hpp"

namespace tinsmith::keras {

// A weight that a layer of some kind has, by its configuration.
struct Slot {
    std::string role;       // "kernel", "moving_mean"
    std::string path;       // the object inside the layer that owns it in a .keras: "", "cell", "forward_layer/cell"
    bool trainable = true;  // in an .h5 the trainable weights of a model come first
};
using Slots = std::vector<Slot>;

// The weights of one layer by role; those of a nested model by layer.
struct Weights {
    std::map<std::string, Tensor> of_roles;
    std::map<std::string, Weights> of_layers;
};

// Reads the weights of all layers of the outermost model. Throws Fault::input naming the layer whose weights are missing, too
// many or damaged.
Weights read_weights(const File& file);

// A layer inside another one: that of TimeDistributed, the two of Bidirectional.
struct Part {
    std::string key;  // of the outer layer's weights and, in a .keras, the name of the object
    Json layer;
};
std::vector<Part> parts_of(const Json& layer);

// Whether a layer is a model of its own, and its list of layers.
bool is_model(const Json& layer);
const Json& layers_of(const Json& model);
std::string class_of(const Json& layer);
std::string name_of(const Json& layer);
// Whether a layer is an operation of keras.ops, which keeps no weights and is no layer to Keras.
bool is_operation(const Json& layer);

// A yes or no of a configuration, which may be written as a number; a missing or null entry is the fallback. Throws Fault::input
// for anything else.
bool flag_of(const Json& config, const char* key, bool fallback);

// Conv2D as conv2d, PReLU as p_re_lu: what Keras calls the objects of a class.
std::string snake_case(const std::string& name);
// Why a layer of an unknown class is not read, and what to do.
std::string refusal_of(const Json& layer);

}  // namespace tinsmith::keras

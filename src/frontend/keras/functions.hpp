// Activation functions of Keras by name, for the "activation" of layers, Activation layers and operations.
#pragma once

#include "frontend/keras/layer_reader.hpp"

namespace tinsmith::keras {

// What "activation" says: a name, a function or a layer with its configuration; absent: x. Throws Fault::unsupported naming it.
ValueId activate(const LayerReader& r, ValueId x, const char* key = "activation");

// The same for what "activation" says.
ValueId activate_as(const LayerReader& r, const Json& spec, ValueId x);

// A function of x by name. `major` is Keras' version: hard_sigmoid changed with Keras 3. Nothing for an unknown name.
std::optional<ValueId> named_function(Compose& m, const std::string& name, ValueId x, int major);

// min(relu(x) - slope * relu(threshold - x), max_value), 0 between 0 and the threshold.
struct ReluParameters {
    double slope = 0, threshold = 0;
    std::optional<double> max_value;
};
ValueId relu_of(Compose& m, ValueId x, const ReluParameters& p);

// Softmax along an axis.
ValueId softmax_along(Compose& m, ValueId x, int64_t axis, const OpDef& op = op::Softmax);

}  // namespace tinsmith::keras

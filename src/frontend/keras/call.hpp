// One call of a layer: its arguments with the tensors of other layers taken out.
#pragma once

#include "format/keras/file.hpp"

#include <functional>

namespace tinsmith::keras {

// Output `tensor` of call number `node` of a layer.
struct TensorRef {
    std::string layer;
    int64_t node = 0, tensor = 0;
};

// In args and kwargs an object {"@tensor": i} stands for tensors[i].
struct Call {
    Json args = Json::array(), kwargs = Json::object();
    std::vector<TensorRef> tensors;
};

// The index behind {"@tensor": i}, or nothing.
std::optional<size_t> tensor_index(const Json& value);

// The calls that a layer's "inbound_nodes" state, in the form of Keras 2 (and 1) or of Keras 3. `is_layer` tells names of layers.
// Throws Fault::input for what is neither.
std::vector<Call> read_calls(const Json& inbound_nodes, const std::function<bool(const std::string&)>& is_layer);

// "input_layers" and "output_layers": one reference, a list of them, or lists and dictionaries of lists.
std::vector<TensorRef> read_refs(const Json& refs);

}  // namespace tinsmith::keras

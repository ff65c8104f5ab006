// What a converter of one Keras layer sees: its configuration, its weights, the tensors it is called with, and where to add nodes.
#pragma once

#include "frontend/compose/compose.hpp"
#include "frontend/keras/call.hpp"
#include "frontend/keras/weights.hpp"

#include <functional>

namespace tinsmith::keras {

// The masks of values, bool [batch, steps]; see masks.hpp.
using Masks = std::map<ValueId, ValueId>;

class LayerReader {
public:
    Compose& m;  // adds nodes with this layer's name as origin
    const Json& layer;
    const Weights& weights;
    int major;  // of the Keras that wrote the file
    bool unroll_rnn;
    std::vector<ValueId> in;  // the tensors of the call, in order of appearance
    const Call& call;
    Masks& masks;
    // Converts another layer, which belongs to this one, for one positional call.
    std::function<std::vector<ValueId>(const Json& layer, const Weights& weights, const std::vector<ValueId>& in)> inner;

    Builder& b() const { return m.b; }
    const Json& config() const { return layer["config"]; }
    std::string kind() const { return class_of(layer); }
    ValueId input(size_t i = 0) const;  // throws Fault::input when it is absent
    const Shape& shape(size_t i = 0) const { return m.shape(input(i)); }
    int64_t rank(size_t i = 0) const { return static_cast<int64_t>(shape(i).size()); }

    // The configuration; a missing or null entry is the fallback, or throws Fault::input; so does a value of another kind.
    bool has(const char* key) const;
    bool flag(const char* key, bool fallback) const;
    int64_t integer(const char* key) const;
    int64_t integer(const char* key, int64_t fallback) const;
    double real(const char* key, double fallback) const;
    std::string text(const char* key, std::string_view fallback) const;
    // `count` integers, or one for all of them.
    Ints list(const char* key, size_t count) const;
    Ints list(const char* key, size_t count, int64_t fallback) const;
    Ints integers(const char* key) const;
    std::vector<float> reals(const char* key) const;
    bool channels_first() const;

    // An argument of the call by position or name: a tensor of the graph, or nothing.
    const Json* argument(size_t position, const char* name) const;
    ValueId tensor_argument(size_t position, const char* name) const;  // no_value where it is absent or None

    // A weight of the layer as a constant f32, also where it is kept in integers; throws Fault::input when its shape is not this one.
    ValueId weight(const std::string& role, const Shape& expected) const;
    const Shape& weight_shape(const std::string& role) const;
    bool has_weight(const std::string& role) const { return weights.of_roles.contains(role); }
    // The weights of a part of the layer; see parts_of.
    // The only output of a layer inside this one.
    ValueId inner_output(const Json& inside, const Weights& its, const std::vector<ValueId>& tensors) const;
    const Weights& part_weights(const std::string& key) const;
    // The bias of a layer that may have none (no_value).
    ValueId bias(int64_t count) const;

private:
    const Json* entry(const char* key) const;
};

// Converts one call of a layer: the values of its outputs.
using ConvertLayer = std::vector<ValueId> (*)(LayerReader&);

// The integers of a JSON list or a single one. Throws Fault::input for anything else; `what` names it.
Ints integers_of(const Json& value, std::string_view what);

// [N, C, spatial...] <-> [N, spatial..., C], where the layer says channels_first.
ValueId to_channels_last(LayerReader& r, ValueId x);
ValueId from_channels_last(LayerReader& r, ValueId y);

}  // namespace tinsmith::keras

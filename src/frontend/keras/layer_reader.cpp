#include "frontend/keras/layer_reader.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tinsmith::keras {

ValueId LayerReader::input(size_t i) const {
    check(i < in.size() && in[i] != no_value, "it is called with {} tensors", in.size());
    return in[i];
}

const Json* LayerReader::entry(const char* key) const {
    const Json& all = config();
    if (!all.is_object()) return nullptr;
    const auto found = all.find(key);
    return found == all.end() || found->is_null() ? nullptr : &*found;
}

bool LayerReader::has(const char* key) const { return entry(key) != nullptr; }

bool LayerReader::flag(const char* key, bool fallback) const { return flag_of(config(), key, fallback); }

int64_t LayerReader::integer(const char* key, int64_t fallback) const {
    const Json* v = entry(key);
    if (!v) return fallback;
    const Ints values = integers_of(*v, key);
    check(values.size() == 1, "'{}' is not one integer", key);
    return values[0];
}

int64_t LayerReader::integer(const char* key) const {
    check(has(key), "'{}' is missing", key);
    return integer(key, 0);
}

double LayerReader::real(const char* key, double fallback) const {
    const Json* v = entry(key);
    if (!v) return fallback;
    // Parameters that were NumPy scalars are written as {"class_name": "__numpy__", "config": {"value": x}} or {"value": x}.
    if (v->is_object() && v->contains("config")) v = &(*v)["config"];
    if (v->is_object() && v->contains("value")) v = &(*v)["value"];
    check(v->is_number(), "'{}' is not a number", key);
    return v->get<double>();
}

std::string LayerReader::text(const char* key, std::string_view fallback) const {
    const Json* v = entry(key);
    if (!v) return std::string(fallback);
    check(v->is_string(), "'{}' is not a text", key);
    return v->get<std::string>();
}

Ints LayerReader::integers(const char* key) const {
    const Json* v = entry(key);
    check(v, "'{}' is missing", key);
    return integers_of(*v, key);
}

Ints LayerReader::list(const char* key, size_t count) const {
    Ints values = integers(key);
    if (values.size() == 1) values.resize(count, values[0]);
    check(values.size() == count, "'{}' has {} numbers, not {}", key, values.size(), count);
    return values;
}

Ints LayerReader::list(const char* key, size_t count, int64_t fallback) const {
    return has(key) ? list(key, count) : Ints(count, fallback);
}

std::vector<float> LayerReader::reals(const char* key) const {
    const Json* v = entry(key);
    std::vector<float> out;
    if (!v) return out;
    if (v->is_number()) return {v->get<float>()};
    check(v->is_array(), "'{}' is no list of numbers", key);
    for (const Json& item : *v) {
        check(item.is_number(), "'{}' is no list of numbers", key);
        out.push_back(item.get<float>());
    }
    return out;
}

bool LayerReader::channels_first() const {
    const std::string format = text("data_format", "channels_last");
    check(format == "channels_last" || format == "channels_first", "'data_format' is '{}'", format);
    return format == "channels_first";
}

const Json* LayerReader::argument(size_t position, const char* name) const {
    const Json* found = nullptr;
    if (call.kwargs.contains(name))
        found = &call.kwargs[name];
    else if (position < call.args.size())
        found = &call.args[position];
    return found && !found->is_null() ? found : nullptr;
}

ValueId LayerReader::tensor_argument(size_t position, const char* name) const {
    const Json* found = argument(position, name);
    if (!found) return no_value;
    const auto index = tensor_index(*found);
    check(index && *index < in.size(), "its argument '{}' is no tensor", name);
    return in[*index];
}

const Shape& LayerReader::weight_shape(const std::string& role) const {
    check(has_weight(role), "weight '{}' is not in the file", role);
    return weights.of_roles.at(role).type.shape;
}

ValueId LayerReader::weight(const std::string& role, const Shape& expected) const {
    check(weight_shape(role) == expected, "weight '{}' has shape {}, the layer needs {}", role, to_string(weight_shape(role)),
          to_string(expected));
    const Tensor& tensor = weights.of_roles.at(role);
    check(tensor.type.dtype == DType::f32 || has_weight(role + "_scale"), "weight '{}' holds integers", role);
    return m.cast(m.b.constant(tensor.type, tensor.data, name_of(layer) + "/" + role), DType::f32);
}

ValueId LayerReader::inner_output(const Json& inside, const Weights& its, const std::vector<ValueId>& tensors) const {
    const std::vector<ValueId> out = inner(inside, its, tensors);
    supported(out.size() == 1, "a layer inside it has {} outputs", out.size());
    return out[0];
}

const Weights& LayerReader::part_weights(const std::string& key) const {
    check(weights.of_layers.contains(key), "the weights of its part '{}' are not in the file", key);
    return weights.of_layers.at(key);
}

ValueId LayerReader::bias(int64_t count) const { return flag("use_bias", true) ? weight("bias", {count}) : no_value; }

Ints integers_of(const Json& value, std::string_view what) {
    auto one = [&](const Json& v) {
        const double number = v.is_number_float() ? v.get<double>() : 0;
        const bool whole = v.is_number_float() && std::fabs(number) < 0x1p63 && number == std::trunc(number);
        check(v.is_number_integer() || whole, "'{}' is {}, not integers", what, json_excerpt(value));
        return v.is_number_integer() ? v.get<int64_t>() : static_cast<int64_t>(number);
    };
    if (!value.is_array()) return {one(value)};
    Ints out;
    for (const Json& item : value) out.push_back(one(item));
    return out;
}

ValueId to_channels_last(LayerReader& r, ValueId x) {
    if (!r.channels_first()) return x;
    Ints perm(r.m.shape(x).size());
    check(perm.size() >= 2, "an input of shape {} has no channels", to_string(r.m.shape(x)));
    std::iota(perm.begin(), perm.end(), 1);
    perm.front() = 0;
    perm.back() = 1;
    return r.m.transpose(x, perm);
}

ValueId from_channels_last(LayerReader& r, ValueId y) {
    if (!r.channels_first()) return y;
    Ints perm(r.m.shape(y).size());
    std::iota(perm.begin(), perm.end(), -1);
    perm[0] = 0;
    perm[1] = static_cast<int64_t>(perm.size()) - 1;
    return r.m.transpose(y, perm);
}

}  // namespace tinsmith::keras

// Fields of the JSON that torch.export writes. Each throws Fault::input naming the field that is missing or of another kind.
#pragma once

#include "base/json.hpp"

namespace tinsmith::torch {

using Json = nlohmann::json;

inline const Json& field(const Json& json, const char* name) {
    check(json.is_object() && json.contains(name), "'{}' is missing", name);
    return json[name];
}

inline int64_t integer(const Json& json, const char* name) {
    const Json& value = field(json, name);
    const bool fits = value.is_number_integer() && !(value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX);
    check(fits, "'{}' is {}, no integer", name, json_excerpt(value));
    return value.get<int64_t>();
}

inline std::string text(const Json& json, const char* name) {
    const Json& value = field(json, name);
    check(value.is_string(), "'{}' is {}, no text", name, json_excerpt(value));
    return value.get<std::string>();
}

inline const Json& list(const Json& json, const char* name) {
    const Json& value = field(json, name);
    check(value.is_array(), "'{}' is {}, no list", name, json_excerpt(value));
    return value;
}

}  // namespace tinsmith::torch

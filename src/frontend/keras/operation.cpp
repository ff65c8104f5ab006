#include "frontend/keras/operation.hpp"

#include "frontend/keras/layers.hpp"

namespace tinsmith::keras {

std::string operation_name(const Json& layer) {
    if (is_operation(layer)) return snake_case(class_of(layer));
    const std::string kind = class_of(layer);
    if (kind != "TFOpLambda" && kind != "SlicingOpLambda") return {};
    std::string function = layer["config"].is_object() ? layer["config"].value("function", "") : "";
    return function.substr(function.rfind('.') + 1);
}

const Json* Operation::find(size_t position, std::initializer_list<const char*> names) const {
    const Json& config = r.config();
    const Json* found = nullptr;
    for (const char* name : names)
        if (!found && r.call.kwargs.contains(name)) found = &r.call.kwargs[name];
    if (!found && position < r.call.args.size()) found = &r.call.args[position];
    for (const char* name : names)
        if (!found && config.is_object() && config.contains(name)) found = &config[name];
    return found && !found->is_null() ? found : nullptr;
}

ValueId Operation::operand(size_t position, std::initializer_list<const char*> names, ValueId like) const {
    const Json* found = find(position, names);
    check(found, "its argument '{}' is missing", *names.begin());
    if (const auto index = tensor_index(*found)) {
        check(*index < r.in.size(), "its argument '{}' is no tensor", *names.begin());
        return r.in[*index];
    }
    const DType dtype = like == no_value ? DType::f32 : m.dtype(like);
    if (found->is_number()) return m.b.scalar(found->get<double>(), dtype);
    check(found->is_array(), "its argument '{}' is {}", *names.begin(), json_excerpt(*found));
    std::vector<float> values;
    for (const Json& item : *found) {
        supported(item.is_number(), "its argument '{}' is {}", *names.begin(), json_excerpt(*found));
        values.push_back(item.get<float>());
    }
    const auto count = static_cast<int64_t>(values.size());
    return m.cast(m.b.floats(std::move(values), {count}), dtype);
}

std::optional<Ints> Operation::integers(size_t position, std::initializer_list<const char*> names) const {
    const Json* found = find(position, names);
    if (!found) return std::nullopt;
    auto one = [&](const Json& item, Ints& out) {
        if (item.is_null()) {
            out.push_back(-1);
        } else if (const auto index = tensor_index(item)) {
            check(*index < r.in.size(), "its argument '{}' is no tensor", *names.begin());
            supported(m.b.graph.is_constant(r.in[*index]), "its argument '{}' is computed at run time", *names.begin());
            for (int64_t n : m.b.graph.constant_ints(r.in[*index])) out.push_back(n);
        } else {
            check(!item.is_array(), "its argument '{}' is {}", *names.begin(), json_excerpt(*found));
            out.push_back(integers_of(item, *names.begin())[0]);
        }
    };
    Ints out;
    if (found->is_array())
        for (const Json& item : *found) one(item, out);
    else
        one(*found, out);
    return out;
}

int64_t Operation::integer(size_t position, std::initializer_list<const char*> names, int64_t fallback) const {
    const auto values = integers(position, names);
    check(!values || values->size() == 1, "its argument '{}' is not one integer", *names.begin());
    return values ? (*values)[0] : fallback;
}

double Operation::real(size_t position, std::initializer_list<const char*> names, double fallback) const {
    const Json* found = find(position, names);
    check(!found || found->is_number(), "its argument '{}' is not a number", *names.begin());
    return found ? found->get<double>() : fallback;
}

bool Operation::flag(size_t position, std::initializer_list<const char*> names, bool fallback) const {
    const Json* found = find(position, names);
    return found && found->is_boolean() ? found->get<bool>() : fallback;
}

std::optional<DType> Operation::dtype(size_t position) const {
    const Json* found = find(position, {"dtype"});
    if (!found || found->is_null()) return std::nullopt;
    check(found->is_string(), "its argument 'dtype' is no name");
    const auto name = found->get<std::string>();
    if (name == "float32" || name == "float16" || name == "bfloat16" || name == "float64") return DType::f32;
    if (name == "int32") return DType::i32;
    if (name == "int64") return DType::i64;
    if (name == "bool") return DType::boolean;
    fail(Fault::unsupported, "elements of type {}", name);
}

std::vector<ValueId> Operation::tensors(const Json& list) const {
    std::vector<ValueId> out;
    if (const auto index = tensor_index(list)) {
        check(*index < r.in.size(), "an argument is no tensor");
        return {r.in[*index]};
    }
    check(list.is_array() && !list.empty(), "an argument is no list of tensors");
    for (const Json& item : list) {
        const auto index = tensor_index(item);
        supported(index.has_value(), "a list of tensors and numbers");
        check(*index < r.in.size(), "an argument is no tensor");
        out.push_back(r.in[*index]);
    }
    return out;
}

std::vector<ValueId> operation(LayerReader& r) {
    const ConvertOperation convert = find_operation(operation_name(r.layer));
    supported(convert != nullptr, "{}", refusal_of(r.layer));
    return convert(Operation(r));
}

}  // namespace tinsmith::keras

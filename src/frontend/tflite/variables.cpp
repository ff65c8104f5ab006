#include "frontend/tflite/variables.hpp"

namespace tinsmith::tflite {

std::string Variables::name_of(const Operator& handle) {
    const auto* options = handle.builtin_options_as_VarHandleOptions();
    check(options != nullptr, "it has no options, or another operator's");
    auto text = [](const flatbuffers::String* s) { return s ? s->str() : std::string(); };
    std::string container = text(options->container()), name = text(options->shared_name());
    return container.empty() ? name : container + "/" + name;
}

void Variables::initialise(Initial initial) {
    std::string name = initial.variable;
    initial_.insert_or_assign(std::move(name), std::move(initial));
}

ValueId Variables::read(Builder& b, const std::string& variable, const Type& as) {
    auto known = now_.find(variable);
    if (known != now_.end()) {
        const Type& type = b.type(known->second);
        check(type.dtype == as.dtype && type.shape == as.shape, "variable '{}' is {}, it is read as {}", variable,
              to_string(type), to_string(as));
        if (type.quant == as.quant) return known->second;
        ValueId copy = b.add(op::Reshape, {known->second}, {{"shape", as.shape}});
        b.graph.values[copy].type.quant = as.quant;
        return copy;
    }
    auto given = initial_.find(variable);
    tinsmith::Buffer initial;
    if (given != initial_.end()) {
        const Type& type = given->second.type;
        check(type.dtype == as.dtype && type.shape == as.shape, "variable '{}' starts as {}, it is read as {}", variable,
              to_string(type), to_string(as));
        initial = given->second.data;
    } else {
        static constexpr std::byte zero{};
        initial = tinsmith::Buffer::splat(std::span(&zero, 1), as.bytes());
    }
    ValueId value = b.graph.add_value(variable, as);
    b.graph.states.push_back({variable, value, value, std::move(initial)});
    return now_[variable] = value;
}

void Variables::finish(Graph& graph) const {
    for (State& state : graph.states)
        if (auto at = now_.find(state.name); at != now_.end()) state.next = at->second;
}

}  // namespace tinsmith::tflite

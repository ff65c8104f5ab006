#include "frontend/onnx/scope.hpp"

#include "frontend/onnx/tensor.hpp"

namespace tinsmith {

void Scope::define(const std::string& name, ValueId value) {
    check(names_.emplace(name, Entry{value, nullptr}).second, "two tensors have the name '{}'", name);
    if (value < unknown_value && b.graph.values[value].name.empty()) b.graph.values[value].name = name;
}

void Scope::define(const onnx::Tensor& tensor) {
    check(names_.emplace(tensor.name, Entry{no_value, &tensor}).second, "two tensors have the name '{}'", tensor.name);
}

std::optional<ValueId> Scope::find(const std::string& name) {
    if (auto found = names_.find(name); found != names_.end()) {
        Entry& entry = found->second;
        if (entry.tensor) {
            entry.value = within(fmt::format("tensor '{}'", name), [&] { return add_tensor(b, *entry.tensor); });
            entry.tensor = nullptr;
        }
        return entry.value;
    }
    if (!outer_) return std::nullopt;
    auto value = outer_->find(name);
    if (!value || *value >= unknown_value || &outer_->b.graph == &b.graph) return value;
    return bring_in(*value);
}

ValueId Scope::bring_in(ValueId outer) {
    for (const Capture& capture : captures_)
        if (capture.outer == outer) return capture.inner;
    const Value& value = outer_->b.graph.value(outer);
    if (value.is_constant()) return b.constant(value.type, *value.data, value.name);
    ValueId inner = b.graph.add_value(value.name, value.type);
    captures_.push_back({outer, inner});
    return inner;
}

std::vector<std::string> Scope::names() const {
    std::vector<std::string> all;
    for (const auto& [name, entry] : names_) all.push_back(name);
    return all;
}

}  // namespace tinsmith

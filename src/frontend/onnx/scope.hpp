// Names of tensors while a graph is read: which value each stands for, here or in the graphs around.
#pragma once

#include "format/onnx/model.hpp"
#include "ir/builder.hpp"

#include <unordered_map>

namespace tinsmith {

// The value of a tensor that a node which cannot be converted would compute.
inline constexpr ValueId unknown_value = no_value - 1;

class Scope {
public:
    // `outer` may belong to another graph: what is taken from there becomes a copied constant or an extra input, listed in captures().
    explicit Scope(Builder& builder, Scope* outer = nullptr) : b(builder), outer_(outer) {}

    Builder& b;

    // Throws Fault::input when the name is taken in this scope.
    void define(const std::string& name, ValueId value);
    // The tensor is added to the graph when it is first used. It must outlive the scope.
    void define(const onnx::Tensor& tensor);
    // No value: nothing of that name exists.
    std::optional<ValueId> find(const std::string& name);
    bool defines(const std::string& name) const { return names_.contains(name); }
    std::vector<std::string> names() const;

    struct Capture {
        ValueId outer, inner;
    };
    const std::vector<Capture>& captures() const { return captures_; }

private:
    struct Entry {
        ValueId value = no_value;
        const onnx::Tensor* tensor = nullptr;  // not added yet
    };
    ValueId bring_in(ValueId outer);
    Scope* outer_;
    std::unordered_map<std::string, Entry> names_;
    std::vector<Capture> captures_;
};

}  // namespace tinsmith

// Calls of functions inside a model: TensorFlow's (TFOpLambda of Keras 2) and those of keras.ops (Keras 3).
#pragma once

#include "frontend/keras/layer_reader.hpp"

namespace tinsmith::keras {

// The function that a layer calls, as the table of operations names it: "math.add" and Add are "add"; empty: it calls none.
std::string operation_name(const Json& layer);

// A call of a function: arguments by position or name, or from the configuration.
class Operation {
public:
    explicit Operation(LayerReader& reader) : r(reader), m(reader.m) {}
    LayerReader& r;
    Compose& m;

    const Json* find(size_t position, std::initializer_list<const char*> names) const;
    // A tensor, or numbers as a constant of the element type of `like` (f32 without it).
    ValueId operand(size_t position, std::initializer_list<const char*> names, ValueId like = no_value) const;
    ValueId x() const {
        return operand(0, {"x", "inputs", "input", "input_tensor", "features", "tensor", "value", "images", "a", "x1"});
    }
    // Integers, also those of tensors that are constant by now; nothing where the argument is absent or None.
    std::optional<Ints> integers(size_t position, std::initializer_list<const char*> names) const;
    int64_t integer(size_t position, std::initializer_list<const char*> names, int64_t fallback) const;
    double real(size_t position, std::initializer_list<const char*> names, double fallback) const;
    bool flag(size_t position, std::initializer_list<const char*> names, bool fallback) const;
    std::vector<ValueId> tensors(const Json& list) const;
    // What a "dtype" says; nothing where the argument is absent or None. Throws Fault::unsupported for types that tensors have not here.
    std::optional<DType> dtype(size_t position) const;
    int64_t rank(ValueId v) const { return static_cast<int64_t>(m.shape(v).size()); }
};

using ConvertOperation = std::vector<ValueId> (*)(const Operation&);

ConvertOperation find_operation(std::string_view name);
// The part of them that operations_array.cpp has.
ConvertOperation find_array_operation(std::string_view name);

}  // namespace tinsmith::keras

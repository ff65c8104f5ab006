// The correspondence between the file format's enums and the graph's vocabulary, for reader and writer alike.
#pragma once

#include "format/tflite/schema_generated.h"
#include "ir/type.hpp"

namespace tinsmith::tflite {

// Null where one side has no such element type.
std::optional<TensorType> tensor_type(DType dtype);
std::optional<DType> dtype_of(TensorType type);

// "none", "relu", "relu6", "relu_n1_to_1"; null for any other.
std::optional<ActivationFunctionType> activation_type(std::string_view name);
std::optional<std::string_view> activation_name(ActivationFunctionType type);

// The operator that a code means, whichever of its two fields holds it, and the value of the old, one-byte field.
BuiltinOperator builtin_of(const OperatorCode& code);
int8_t deprecated_code(BuiltinOperator builtin);

// "CONV_2D", or "operator 1234" for a code that has no name.
std::string operator_name(BuiltinOperator builtin);

}  // namespace tinsmith::tflite

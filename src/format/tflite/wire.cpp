#include "format/tflite/wire.hpp"

#include <algorithm>
#include <array>

namespace tinsmith::tflite {

static constexpr std::array<std::pair<DType, TensorType>, 14> element_types{{
    {DType::f32, TensorType::FLOAT32},
    {DType::f16, TensorType::FLOAT16},
    {DType::bf16, TensorType::BFLOAT16},
    {DType::f64, TensorType::FLOAT64},
    {DType::i4, TensorType::INT4},
    {DType::i8, TensorType::INT8},
    {DType::u8, TensorType::UINT8},
    {DType::i16, TensorType::INT16},
    {DType::u16, TensorType::UINT16},
    {DType::i32, TensorType::INT32},
    {DType::u32, TensorType::UINT32},
    {DType::i64, TensorType::INT64},
    {DType::u64, TensorType::UINT64},
    {DType::boolean, TensorType::BOOL},
}};

static constexpr std::array<std::pair<std::string_view, ActivationFunctionType>, 4> activations{{
    {"none", ActivationFunctionType::NONE},
    {"relu", ActivationFunctionType::RELU},
    {"relu6", ActivationFunctionType::RELU6},
    {"relu_n1_to_1", ActivationFunctionType::RELU_N1_TO_1},
}};

template <class Table, class Key, class Project>
static auto find_row(const Table& table, const Key& key, Project field) {
    return std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.*field == key; });
}

std::optional<TensorType> tensor_type(DType dtype) {
    auto row = find_row(element_types, dtype, &std::pair<DType, TensorType>::first);
    return row == element_types.end() ? std::nullopt : std::optional(row->second);
}

std::optional<DType> dtype_of(TensorType type) {
    auto row = find_row(element_types, type, &std::pair<DType, TensorType>::second);
    return row == element_types.end() ? std::nullopt : std::optional(row->first);
}

std::optional<ActivationFunctionType> activation_type(std::string_view name) {
    auto row = find_row(activations, name, &std::pair<std::string_view, ActivationFunctionType>::first);
    return row == activations.end() ? std::nullopt : std::optional(row->second);
}

std::optional<std::string_view> activation_name(ActivationFunctionType type) {
    auto row = find_row(activations, type, &std::pair<std::string_view, ActivationFunctionType>::second);
    return row == activations.end() ? std::nullopt : std::optional(row->first);
}

// Writers from before 2020 filled the byte alone; later ones fill both, the byte with at most 127.
BuiltinOperator builtin_of(const OperatorCode& code) {
    return static_cast<BuiltinOperator>(
        std::max(static_cast<int32_t>(code.deprecated_builtin_code()), static_cast<int32_t>(code.builtin_code())));
}

int8_t deprecated_code(BuiltinOperator builtin) {
    return static_cast<int8_t>(std::min<int32_t>(static_cast<int32_t>(builtin), 127));
}

std::string operator_name(BuiltinOperator builtin) {
    std::string_view name = EnumNameBuiltinOperator(builtin);
    return name.empty() ? fmt::format("operator {}", static_cast<int32_t>(builtin)) : std::string(name);
}

}  // namespace tinsmith::tflite

// Elementwise operators that carry attributes; the others are written from their rows.
#include "backend/tflite/operator_writer.hpp"

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;

// Scales of i16 may be any: not only powers of two.
bool power_of_two_scales(const OperatorWriter& w) { return w.type(0).dtype != DType::i16; }

Operation write_add(const OperatorWriter& w) {
    return {B::ADD, w.all_inputs(), CreateAddOptions(w.fbb, w.activation(), power_of_two_scales(w)), {}};
}

Operation write_sub(const OperatorWriter& w) {
    return {B::SUB, w.all_inputs(), CreateSubOptions(w.fbb, w.activation(), power_of_two_scales(w)), {}};
}

Operation write_mul(const OperatorWriter& w) { return {B::MUL, w.all_inputs(), CreateMulOptions(w.fbb, w.activation()), {}}; }
Operation write_div(const OperatorWriter& w) { return {B::DIV, w.all_inputs(), CreateDivOptions(w.fbb, w.activation()), {}}; }

Operation write_leaky_relu(const OperatorWriter& w) {
    return {B::LEAKY_RELU, {w.in(0)}, CreateLeakyReluOptions(w.fbb, static_cast<float>(w.node.real("alpha"))), {}};
}

Operation write_gelu(const OperatorWriter& w) {
    return {B::GELU, {w.in(0)}, CreateGeluOptions(w.fbb, w.node.flag("approximate")), {}};
}

Operation write_cast(const OperatorWriter& w) {
    auto from = tensor_type(w.type(0).dtype), to = tensor_type(w.out_type(0).dtype);
    return {B::CAST, {w.in(0)}, CreateCastOptions(w.fbb, *from, *to), {}};
}

// Scale and zero point are the tensors' own.
Operation write_dequantize(const OperatorWriter& w) { return {B::DEQUANTIZE, {w.in(0)}, {}, {}}; }
Operation write_quantize(const OperatorWriter& w) { return {B::QUANTIZE, {w.in(0)}, {}, {}}; }

constexpr WriteRow rows[]{
    {"Add", write_add},
    {"Sub", write_sub},
    {"Mul", write_mul},
    {"Div", write_div},
    {"LeakyRelu", write_leaky_relu},
    {"Gelu", write_gelu},
    {"Cast", write_cast},
    {"Dequantize", write_dequantize},
    {"Quantize", write_quantize},
};

}  // namespace

std::span<const WriteRow> elementwise_writers() { return rows; }

}  // namespace tinsmith::tflite

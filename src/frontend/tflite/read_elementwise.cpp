// Elementwise operators with options, and those that TFLite spells in several ways.
#include "frontend/tflite/operator_reader.hpp"

namespace tinsmith::tflite {

namespace {

using B = BuiltinOperator;
using Values = std::vector<ValueId>;

template <class Options>
Values read_arithmetic(OperatorReader& r, const OpDef& def) {
    auto* options = r.optional_options<Options>();
    auto activation = options ? options->activation() : ActivationFunctionType::NONE;
    if (activation == ActivationFunctionType::TANH)
        return {r.activated(r.b.add(def, {r.operand(0), r.operand(1)}), activation)};
    return {r.b.add(def, {r.operand(0), r.operand(1)}, {{"activation", r.fused(activation)}})};
}

Values read_add(OperatorReader& r) { return read_arithmetic<AddOptions>(r, op::Add); }
Values read_sub(OperatorReader& r) { return read_arithmetic<SubOptions>(r, op::Sub); }
Values read_mul(OperatorReader& r) { return read_arithmetic<MulOptions>(r, op::Mul); }
Values read_div(OperatorReader& r) { return read_arithmetic<DivOptions>(r, op::Div); }

Values read_add_n(OperatorReader& r) {
    ValueId sum = r.operand(0);
    for (size_t i = 1; i < r.in.size(); ++i) sum = r.b.add(op::Add, {sum, r.operand(i)});
    return {sum};
}

Values read_leaky_relu(OperatorReader& r) {
    return {r.b.add(op::LeakyRelu, {r.operand(0)}, {{"alpha", static_cast<double>(r.options<LeakyReluOptions>().alpha())}})};
}

Values read_gelu(OperatorReader& r) {
    auto* options = r.optional_options<GeluOptions>();
    return {r.b.add(op::Gelu, {r.operand(0)}, {{"approximate", options && options->approximate()}})};
}

Values read_cast(OperatorReader& r) {
    return {r.b.add(op::Cast, {r.operand(0)}, {{"to", std::string(dtype_name(r.declared_type(0).dtype))}})};
}

Values read_dequantize(OperatorReader& r) { return {r.dequantized(r.operand(0))}; }

Values read_quantize(OperatorReader& r) {
    const Type& to = r.declared_type(0);
    check(to.quant.has_value(), "its output {} has no scale", to_string(to));
    ValueId x = r.operand(0);
    const DType from = r.b.type(x).dtype;
    if (from != DType::f32 && (op::Quantize.integer.types & dtype_bit(from)) == 0) x = r.dequantized(x);
    return {r.b.add(op::Quantize, {x},
                    {{"dtype", std::string(dtype_name(to.dtype))},
                     {"scale", Floats(to.quant->scale.begin(), to.quant->scale.end())},
                     {"zero_point", to.quant->zero_point},
                     {"axis", static_cast<int64_t>(to.quant->axis)}})};
}

// The old SELECT also takes a vector that chooses whole rows.
Values read_select(OperatorReader& r) {
    ValueId condition = r.operand(0);
    if (r.rank(0) == 1 && r.rank(1) > 1) {
        Shape rows(static_cast<size_t>(r.rank(1)), 1);
        rows[0] = r.shape(0)[0];
        condition = r.reshape(condition, rows);
    }
    return {r.b.add(op::Where, {condition, r.operand(1), r.operand(2)})};
}

Values read_zeros_like(OperatorReader& r) { return {r.b.splat(0, {r.type(0).dtype, r.shape(0), {}})}; }

constexpr ReadRow rows[]{
    {B::ADD, read_add},           {B::SUB, read_sub},       {B::MUL, read_mul},
    {B::DIV, read_div},           {B::ADD_N, read_add_n},   {B::LEAKY_RELU, read_leaky_relu},
    {B::GELU, read_gelu},         {B::CAST, read_cast},     {B::DEQUANTIZE, read_dequantize},
    {B::QUANTIZE, read_quantize}, {B::SELECT, read_select}, {B::ZEROS_LIKE, read_zeros_like},
};

}  // namespace

std::span<const ReadRow> elementwise_readers() { return rows; }

}  // namespace tinsmith::tflite

// OpDef: everything that tinsmith knows about one operator, in one row.
#pragma once

#include "ir/graph.hpp"

#include <span>

namespace tinsmith {

// A set of element types: bit 1 << DType.
using DTypes = uint32_t;
constexpr DTypes dtype_bit(DType d) { return 1u << static_cast<unsigned>(d); }
template <class... D>
constexpr DTypes dtypes(D... d) {
    return (dtype_bit(d) | ... | 0u);
}

// Element types of quantised activations and weights.
inline constexpr DTypes quantised_types = dtypes(DType::i8, DType::u8, DType::i16);

// What infer sees: the node (attributes) and the types of its inputs (an absent optional operand has a null type).
struct InferContext {
    const Node& node;
    std::span<const Type* const> in;
    std::span<const Value* const> values;  // same order; data is set where an operand is constant
    const Type& type(size_t index) const { return *in[index]; }
    bool has(size_t index) const { return index < in.size() && in[index] != nullptr; }
};

struct TensorView {
    const Type* type = nullptr;
    const std::byte* data = nullptr;  // aligned for its element type
    explicit operator bool() const { return data != nullptr; }
    template <class T>
    const T* as() const {
        return reinterpret_cast<const T*>(data);
    }
};

struct TensorSlot {
    const Type* type = nullptr;
    std::byte* data = nullptr;
    template <class T>
    T* as() const {
        return reinterpret_cast<T*>(data);
    }
};

// What eval sees. Types were inferred and verified; an absent optional operand has null data.
struct EvalContext {
    const Node& node;
    std::span<const TensorView> in;
    std::span<const TensorSlot> out;
    bool has(size_t index) const { return index < in.size() && in[index].data != nullptr; }
};

// How the quantiser treats the operator: the rule, never a function. Zero points are those of i8; the three fixed ranges have
// scale 1/32768 and zero point 0 in i16.
enum class QuantRule : uint8_t {
    stays_float,     // no integer form
    same_as_input,   // output has the scale and zero point of the input (data movement, max pooling)
    free_range,      // output range is observed
    weighted_sum,    // per-channel weights, int32 bias, output range observed
    unit_range,      // output scale 1/256, zero point -128 (sigmoid, softmax); u8: 1/256, 0
    symmetric_unit,  // output scale 1/128, zero point 0 (tanh); u8: 1/128, 128
    log_range,       // output scale 16/256, zero point 127 (log-softmax); u8: 16/256, 255
    integer_only,    // works on indices or booleans: nothing to quantise
};

// The operator on quantised operands: what it does with stored integers, exactly as TFLite's reference kernels do.
struct IntegerForm {
    DTypes types = 0;  // element types of the operand that decides; 0: there is no such form
    // Reads scales and zero points from the types of its operands and results. Null: `eval` does the same to stored integers (it
    // moves or counts them).
    void (*eval)(const EvalContext&) = nullptr;
    size_t operand = 0;     // the operand that decides: the node is quantised when this one is
    DTypes micro = 0;       // those of `types` that TFLite Micro computes
    DTypes micro_only = 0;  // those of `types` that LiteRT does not compute
};

// One built-in operator of TFLite that computes exactly this operator.
struct TfliteRow {
    int builtin = -1;    // BuiltinOperator; -1: no 1:1 form, the backend must legalise or has code for it
    DTypes accepts = 0;  // element types of the first operand that LiteRT's built-in kernels accept without quantisation
    int max_rank = 8;    // highest rank those kernels accept
};

struct Operand {
    std::string_view role;  // "x", "weights", "bias"
    bool optional = false;
    bool variadic = false;  // last operand only: one or more
};

struct OpDef {
    std::string_view name;  // ONNX's where one exists
    std::string_view says;  // the formula, one line
    std::vector<Operand> operands;
    std::vector<AttrSpec> attrs;
    // Output types. Throws Fault::input naming what does not fit.
    std::vector<Type> (*infer)(const InferContext&) = nullptr;
    // Computes the outputs with the C99 kernels. Cannot fail. Null: not evaluated (control flow is run by run/).
    void (*eval)(const EvalContext&) = nullptr;
    QuantRule quant = QuantRule::stays_float;
    IntegerForm integer{};
    bool elementwise = false;  // output[i] depends on the broadcast inputs at i alone: layout passes move it freely
    std::pair<double, double> domain{-4, 4};  // float inputs that generated tests draw from
    // Multiply-accumulates of one evaluation; null: none worth counting.
    int64_t (*macs)(const Node&, std::span<const Type* const> in, std::span<const Type> out) = nullptr;
    std::string_view onnx{};  // ONNX operator with the same operands and attributes (1:1), default domain
    TfliteRow tflite{};
};

// Whether a type holds stored integers that stand for real numbers: an activation or a weight, not a bias.
bool is_quantised(const Type& type);
// Whether a node computes on stored integers. Operators without an integer form (Quantize's float form, Dequantize, hybrid
// products of float activations and stored weights) do not.
bool is_quantised(const OpDef& op, std::span<const Type* const> in);
bool is_quantised(const Graph& graph, const Node& node);
// Calls the node's kernel: the integer form's when it is quantised, else `eval`. Requires one of them.
void compute(const EvalContext& context);

}  // namespace tinsmith

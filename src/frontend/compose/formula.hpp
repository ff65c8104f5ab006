// Values of the graph under arithmetic, so that a composed operator reads as its formula:
//   Formula x{r.b, r.operand(0)};
//   return {x * tanh(log(1 + exp(x)))};
// Numbers take the element type of the value that they meet.
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

class Formula {
public:
    Formula(Builder& b, ValueId id) : b_(&b), id_(id) {}
    operator ValueId() const { return id_; }
    Builder& b() const { return *b_; }
    DType dtype() const { return b_->type(id_).dtype; }
    Formula number(double value) const { return {*b_, b_->scalar(value, dtype())}; }

private:
    Builder* b_;
    ValueId id_;
};

inline Formula apply(const OpDef& op, const Formula& x, Attrs attrs = {}) {
    return {x.b(), x.b().add(op, {x}, std::move(attrs))};
}
inline Formula apply(const OpDef& op, const Formula& a, const Formula& b, Attrs attrs = {}) {
    return {a.b(), a.b().add(op, {a, b}, std::move(attrs))};
}

// A number in a formula; templates, lest a Formula be taken for its id and added up by the compiler.
template <class T>
concept Number = std::is_same_v<T, int> || std::is_same_v<T, double>;

// name(a, b) and, with a number on either side, name(a, 2) and name(2, b).
#define TIN_FORMULA_BINARY(function, op_name)                                                        \
    inline Formula function(const Formula& a, const Formula& b) { return apply(op::op_name, a, b); } \
    template <Number T>                                                                              \
    Formula function(const Formula& a, T b) {                                                        \
        return apply(op::op_name, a, a.number(b));                                                   \
    }                                                                                                \
    template <Number T>                                                                              \
    Formula function(T a, const Formula& b) {                                                        \
        return apply(op::op_name, b.number(a), b);                                                   \
    }
TIN_FORMULA_BINARY(operator+, Add)
TIN_FORMULA_BINARY(operator-, Sub)
TIN_FORMULA_BINARY(operator*, Mul)
TIN_FORMULA_BINARY(operator/, Div)
TIN_FORMULA_BINARY(operator<, Less)
TIN_FORMULA_BINARY(operator<=, LessOrEqual)
TIN_FORMULA_BINARY(operator>, Greater)
TIN_FORMULA_BINARY(operator>=, GreaterOrEqual)
TIN_FORMULA_BINARY(operator==, Equal)
TIN_FORMULA_BINARY(operator!=, NotEqual)
TIN_FORMULA_BINARY(max, Max)
TIN_FORMULA_BINARY(min, Min)
TIN_FORMULA_BINARY(pow, Pow)
TIN_FORMULA_BINARY(floor_div, FloorDiv)
TIN_FORMULA_BINARY(floor_mod, FloorMod)
TIN_FORMULA_BINARY(operator^, BitwiseXor)
TIN_FORMULA_BINARY(operator>>, RightShift)
#undef TIN_FORMULA_BINARY
inline Formula operator&&(const Formula& a, const Formula& b) { return apply(op::And, a, b); }

#define TIN_FORMULA_UNARY(function, op_name) \
    inline Formula function(const Formula& x) { return apply(op::op_name, x); }
TIN_FORMULA_UNARY(operator-, Neg)
TIN_FORMULA_UNARY(operator!, Not)
TIN_FORMULA_UNARY(abs, Abs)
TIN_FORMULA_UNARY(exp, Exp)
TIN_FORMULA_UNARY(log, Log)
TIN_FORMULA_UNARY(sqrt, Sqrt)
TIN_FORMULA_UNARY(sin, Sin)
TIN_FORMULA_UNARY(cos, Cos)
TIN_FORMULA_UNARY(tanh, Tanh)
TIN_FORMULA_UNARY(sigmoid, Sigmoid)
TIN_FORMULA_UNARY(elu, Elu)
TIN_FORMULA_UNARY(relu, Relu)
TIN_FORMULA_UNARY(sign, Sign)
TIN_FORMULA_UNARY(square, Square)
TIN_FORMULA_UNARY(round, Round)
#undef TIN_FORMULA_UNARY

inline Formula leaky_relu(const Formula& x, double alpha) { return apply(op::LeakyRelu, x, {{"alpha", alpha}}); }
inline Formula cast(const Formula& x, DType to) {
    return x.dtype() == to ? x : apply(op::Cast, x, {{"to", std::string(dtype_name(to))}});
}
inline Formula where(const Formula& condition, const Formula& x, const Formula& y) {
    return {x.b(), x.b().add(op::Where, {condition, x, y})};
}

}  // namespace tinsmith

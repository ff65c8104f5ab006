// Trigonometric and hyperbolic functions, of which TFLite has sin, cos, tanh and atan2.
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"

namespace tinsmith::from_onnx {

static Formula input(NodeReader& r) { return {r.b, r.operand(0)}; }

// Ones in the shape of x, for Atan2, which does not broadcast.
static Formula ones(const Formula& x) { return max(sign(x), 1); }
static Formula atan2(const Formula& y, const Formula& x) { return apply(op::Atan2, y, x); }
// sqrt(1 - x^2) without loss near +-1
static Formula cathetus(const Formula& x) { return sqrt((1 - x) * (x + 1)); }

std::vector<ValueId> acos(NodeReader& r) {
    const Formula x = input(r);
    return {atan2(cathetus(x), x)};
}

std::vector<ValueId> asin(NodeReader& r) {
    const Formula x = input(r);
    return {atan2(x, cathetus(x))};
}

std::vector<ValueId> atan(NodeReader& r) {
    const Formula x = input(r);
    return {atan2(x, ones(x))};
}

std::vector<ValueId> tan(NodeReader& r) {
    const Formula x = input(r);
    return {sin(x) / cos(x)};
}

std::vector<ValueId> cosh(NodeReader& r) {
    const Formula x = input(r);
    return {(exp(x) + exp(-x)) * 0.5};
}

std::vector<ValueId> sinh(NodeReader& r) {
    const Formula x = input(r);
    return {(exp(x) - exp(-x)) * 0.5};
}

// log(x + sqrt(x^2 - 1)); the two roots do not overflow where the square would.
std::vector<ValueId> acosh(NodeReader& r) {
    const Formula x = input(r);
    return {log(x + sqrt(x - 1) * sqrt(x + 1))};
}

// sign(x) log(|x| + sqrt(x^2 + 1)); from 4096 on the root is |x| in float, and the square might overflow.
std::vector<ValueId> asinh(NodeReader& r) {
    const Formula x = input(r);
    const Formula a = abs(x);
    return {sign(x) * log(a + max(a, sqrt(square(min(a, 4096)) + 1)))};
}

std::vector<ValueId> atanh(NodeReader& r) {
    const Formula x = input(r);
    return {log((x + 1) / (1 - x)) * 0.5};
}

}  // namespace tinsmith::from_onnx

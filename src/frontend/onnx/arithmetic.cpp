// Arithmetic that is variadic, mixes element types, or that TFLite lacks for some of them.
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"

#include <cmath>

namespace tinsmith::from_onnx {

static Formula input(NodeReader& r, size_t i = 0) { return {r.b, r.operand(i)}; }

// op(op(a, b), c) ...
static Formula fold_inputs(NodeReader& r, const OpDef& op) {
    Formula result = input(r);
    for (size_t i = 1; i < r.in.size(); ++i) result = apply(op, result, input(r, i));
    return result;
}

std::vector<ValueId> max(NodeReader& r) { return {fold_inputs(r, op::Max)}; }
std::vector<ValueId> min(NodeReader& r) { return {fold_inputs(r, op::Min)}; }
std::vector<ValueId> sum(NodeReader& r) { return {fold_inputs(r, op::Add)}; }
std::vector<ValueId> mean(NodeReader& r) {
    check(is_float(r.type(0).dtype), "takes floats, not {}", to_string(r.type(0)));
    const Formula total = fold_inputs(r, op::Add);
    return {r.in.size() == 1 ? total : total / static_cast<double>(r.in.size())};
}

std::vector<ValueId> abs(NodeReader& r) {
    const Formula x = input(r);
    if (is_float(x.dtype())) return {abs(x)};
    if (!is_signed(x.dtype())) return {x};
    return {x.dtype() == DType::i64 ? max(x, -x) : abs(x)};
}

std::vector<ValueId> sign(NodeReader& r) {
    const Formula x = input(r);
    if (is_float(x.dtype())) return {sign(x)};
    if (!is_signed(x.dtype())) return {cast(x > 0, x.dtype())};
    return {x.dtype() == DType::i64 ? max(min(x, 1), -1) : sign(x)};
}

std::vector<ValueId> reciprocal(NodeReader& r) { return {1 / input(r)}; }

// |a| modulo |b| with the sign of a; for integers the remainder with the sign of b, moved by b where the signs differ.
static Formula fmod(const Formula& a, const Formula& b) {
    if (is_float(a.dtype())) return floor_mod(abs(a), abs(b)) * sign(a);
    const Formula m = floor_mod(a, b);
    if (!is_signed(a.dtype())) return m;
    return where((m != 0) && ((a < 0) != (b < 0)), m - b, m);
}

// The quotient of n and b, where b divides n, in i64: TFLite divides at most i32 exactly. A quotient in float is right to 22
// bits; three of them, each of what the ones before left over, make 63.
static Formula exact_quotient(const Formula& n, const Formula& b) {
    const Formula divisor = cast(b, DType::f32);
    const auto leading_bits = [&](const Formula& x) { return cast(round(cast(x, DType::f32) / divisor), DType::i64); };
    const Formula first = leading_bits(n);
    const Formula rest = n - first * b;
    const Formula second = leading_bits(rest);
    return first + second + leading_bits(rest - second * b);
}

std::vector<ValueId> div(NodeReader& r) {
    const Formula a = input(r, 0), b = input(r, 1);
    const bool folds = r.is_constant(0) && r.is_constant(1);
    if (folds || (a.dtype() != DType::i64 && a.dtype() != DType::u32)) return {a / b};
    const Formula wide_a = cast(a, DType::i64), wide_b = cast(b, DType::i64);
    return {cast(exact_quotient(wide_a - fmod(wide_a, wide_b), wide_b), a.dtype())};
}

std::vector<ValueId> mod(NodeReader& r) {
    const Formula a = input(r, 0), b = input(r, 1);
    return {r.integer("fmod", 0) != 0 ? fmod(a, b) : floor_mod(a, b)};
}

// x^n by repeated multiplication, for a small n >= 1; exact for integers.
static Formula integer_power(const Formula& x, int n) {
    if (n == 1) return x;
    const Formula half = integer_power(x, n / 2);
    const Formula even = is_float(x.dtype()) ? square(half) : half * half;
    return n % 2 == 0 ? even : even * x;
}

// x^n for run-time n, by squaring modulo 2^64: TFLite raises at most i32. Beyond 63 only 0, 1 and -1 have powers that fit, for
// which the parity of n is enough; a negative n leaves of those just 1 and -1.
static Formula wide_power(const Formula& x, const Formula& n) {
    const Formula size = max(n, -n);
    const Formula steps = cast(min(size, floor_mod(size, 2) + 62), DType::i32);
    Formula square = x, result = square.number(1);
    for (int bit = 0; bit < 6; ++bit) {
        result = result * where(floor_mod(bit == 0 ? steps : steps >> bit, 2) != 0, square, square.number(1));
        if (bit < 5) square = square * square;
    }
    const Formula unit = min(max(result, -1), 1);
    return where((n < 0) && (unit != result), x.number(0), result);
}

// The result has the element type of the base.
std::vector<ValueId> pow(NodeReader& r) {
    const Formula x = input(r, 0), exponent = input(r, 1);
    const bool real = is_float(x.dtype());
    if (r.is_constant(1) && r.type(1).elements() == 1 && r.rank(1) <= r.rank(0)) {
        const double n = r.b.graph.constant_floats(exponent)[0];
        if (n == 1) return {x};
        if (n == 2 || n == 3 || n == 4) return {integer_power(x, static_cast<int>(n))};
        if (real && n == 0.5) return {sqrt(x)};
        if (real && n == -0.5) return {apply(op::Rsqrt, x)};
        if (real && n == -1) return {1 / x};
    }
    if (!real && is_float(exponent.dtype())) return {cast(pow(cast(x, DType::f32), exponent), x.dtype())};
    const bool wide = x.dtype() == DType::i64 || x.dtype() == DType::u32;
    if (wide && !(r.is_constant(0) && r.is_constant(1)))
        return {cast(wide_power(cast(x, DType::i64), cast(exponent, DType::i64)), x.dtype())};
    return {pow(x, cast(exponent, x.dtype()))};
}

}  // namespace tinsmith::from_onnx

// Logic, bits and tests of floats. TFLite has exclusive or and right shifts of integers; the rest is arithmetic on them.
#include "frontend/compose/formula.hpp"
#include "frontend/onnx/ops.hpp"

#include <limits>

namespace tinsmith::from_onnx {

static Formula input(NodeReader& r, size_t i = 0) { return {r.b, r.operand(i)}; }

std::vector<ValueId> exclusive_or(NodeReader& r) { return {input(r, 0) != input(r, 1)}; }

// Narrow types in i32, where a sum of two of them fits; two's complement is kept both ways.
static Formula widened(const Formula& x) {
    supported(dtype_bits(x.dtype()) <= 32, "TFLite has no bit operations on {}; cast to int32 where the values allow it",
              dtype_name(x.dtype()));
    return cast(x, DType::i32);
}

// Without overflow: with a = 2 a' + a0 and b likewise, a & b = 2 (a' & b') + a0 b0, and 2 (a' & b') = a' + b' - (a' ^ b').
static Formula both_bits(const Formula& a, const Formula& b) {
    const Formula upper_a = a >> 1, upper_b = b >> 1;
    return upper_a + upper_b - (upper_a ^ upper_b) + floor_mod(a, 2) * floor_mod(b, 2);
}

std::vector<ValueId> bitwise_and(NodeReader& r) {
    const Formula a = widened(input(r, 0)), b = widened(input(r, 1));
    return {cast(both_bits(a, b), r.type(0).dtype)};
}

// a | b = (a ^ b) + (a & b): no bit is in both terms.
std::vector<ValueId> bitwise_or(NodeReader& r) {
    const Formula a = widened(input(r, 0)), b = widened(input(r, 1));
    return {cast((a ^ b) + both_bits(a, b), r.type(0).dtype)};
}

// The complement of x is -x - 1.
std::vector<ValueId> bitwise_not(NodeReader& r) {
    const Formula x = input(r);
    if (x.dtype() == DType::i64) return {-1 - x};
    return {cast(-1 - widened(x), x.dtype())};
}

// Unsigned types only. x << n is x * 2^n modulo 2^bits, 2^n from a table whose last entry, 0, stands for all larger amounts.
std::vector<ValueId> bit_shift(NodeReader& r) {
    const std::string direction = r.text("direction", "");
    check(direction == "LEFT" || direction == "RIGHT", "attribute 'direction' is '{}': LEFT or RIGHT", direction);
    const Formula x = input(r, 0), amount = input(r, 1);
    if (direction == "RIGHT") return {x >> amount};
    supported(dtype_bits(x.dtype()) <= 32, "TFLite has no shifts of {}; cast to uint32 where the values allow it",
              dtype_name(x.dtype()));
    const int32_t bits = static_cast<int32_t>(dtype_bits(x.dtype()));
    std::vector<int32_t> powers;
    for (int32_t n = 0; n < bits; ++n) powers.push_back(static_cast<int32_t>(uint32_t{1} << n));
    powers.push_back(0);
    const Formula table{r.b, r.b.ints(std::move(powers), {bits + 1})};
    const Formula factor{r.b, r.b.add(op::Gather, {table, min(cast(amount, DType::i64), bits)}, {{"axis", int64_t{0}}})};
    return {cast(cast(x, DType::i32) * factor, x.dtype())};
}

std::vector<ValueId> is_nan(NodeReader& r) {
    const Formula x = input(r);
    return {x != x};
}

std::vector<ValueId> is_inf(NodeReader& r) {
    const bool negative = r.integer("detect_negative", 1) != 0, positive = r.integer("detect_positive", 1) != 0;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Formula x = input(r);
    if (negative && positive) return {abs(x) == infinity};
    if (positive) return {x == infinity};
    if (negative) return {x == -infinity};
    return {r.b.splat(0, Type{DType::boolean, r.shape(0), std::nullopt})};
}

}  // namespace tinsmith::from_onnx

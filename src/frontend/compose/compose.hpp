// Short words for the nodes that converters compose: each adds one node, or none where it would change nothing. Constants fold.
#pragma once

#include "ir/builder.hpp"
#include "op/list.hpp"

namespace tinsmith {

class Compose {
public:
    explicit Compose(Builder& builder) : b(builder) {}
    Builder& b;

    const Shape& shape(ValueId x) const { return b.shape(x); }
    DType dtype(ValueId x) const { return b.type(x).dtype; }

    // Movement.
    ValueId reshape(ValueId x, Shape to);
    ValueId transpose(ValueId x, Ints perm);
    ValueId slice(ValueId x, int64_t axis, int64_t start, int64_t end, int64_t step = 1);  // 0 <= start, end exclusive
    ValueId concat(std::vector<ValueId> parts, int64_t axis);                              // one part: itself
    std::vector<ValueId> split(ValueId x, int64_t axis, Ints sizes);
    ValueId pad(ValueId x, Ints before, Ints after, double value = 0);
    ValueId expand(ValueId x, const Shape& to);  // by broadcasting
    ValueId cast(ValueId x, DType to);

    // Arithmetic; a number takes the element type of the other operand.
    ValueId add(ValueId x, ValueId y) { return b.add(op::Add, {x, y}); }
    ValueId sub(ValueId x, ValueId y) { return b.add(op::Sub, {x, y}); }
    ValueId mul(ValueId x, ValueId y) { return b.add(op::Mul, {x, y}); }
    ValueId div(ValueId x, ValueId y) { return b.add(op::Div, {x, y}); }
    ValueId max(ValueId x, ValueId y) { return b.add(op::Max, {x, y}); }
    ValueId min(ValueId x, ValueId y) { return b.add(op::Min, {x, y}); }
    ValueId number(double value, ValueId like) { return b.scalar(value, dtype(like)); }
    ValueId add_number(ValueId x, double y) { return y == 0 ? x : add(x, number(y, x)); }
    ValueId scaled(ValueId x, double y) { return y == 1 ? x : mul(x, number(y, x)); }
    ValueId unary(const OpDef& op, ValueId x) { return b.add(op, {x}); }
    ValueId reduce(const OpDef& op, ValueId x, Ints axes, bool keepdims);
    ValueId clamp(ValueId x, double low, double high);
};

// Whether it is an f32 constant of zeros.
bool is_zero(const Graph& graph, ValueId id);

}  // namespace tinsmith

#include "op/reduce.hpp"

#include "kernel/quantised_reduce.h"
#include "op/integer.hpp"

#include <algorithm>
#include <cstring>

namespace tinsmith {

static std::vector<Type> infer_shape(const InferContext& c) {
    const Type& x = movable_input(c);
    bool keep = c.node.flag("keepdims");
    Type y{x.dtype, {}, std::nullopt};
    if (c.has(1)) {
        check_integers(c, 1);
        check(c.type(1).rank() <= 1, "'axes' is {}, expected a list", to_string(c.type(1)));
        y.shape = c.node.ints("shape");
        check(y.shape.size() <= x.shape.size(), "{} cannot be reduced to {}", to_string(x), to_string(y.shape));
        element_count(y.shape);
        return {y};
    }
    uint32_t mask = 0;
    for (int64_t axis : c.node.ints("axes")) {
        int64_t d = normalized_axis(axis, x.rank());
        check(!(mask >> d & 1), "axis {} is named twice", axis);
        mask |= 1u << d;
    }
    for (size_t d = 0; d < x.shape.size(); ++d) {
        if (!(mask >> d & 1))
            y.shape.push_back(x.shape[d]);
        else if (keep)
            y.shape.push_back(1);
    }
    return {y};
}

std::vector<Type> infer_reduce(const InferContext& c) {
    DType dtype = c.type(0).dtype;
    check(dtype == DType::f32 || is_integer(dtype), "{} of {}", c.node.op->name, to_string(c.type(0)));
    if (is_quantised(*c.node.op, c.in)) check_stored(c, 0);
    return infer_shape(c);
}

std::vector<Type> infer_reduce_bool(const InferContext& c) {
    check(c.type(0).dtype == DType::boolean, "{} of {}, expected bool", c.node.op->name, to_string(c.type(0)));
    return infer_shape(c);
}

bool reduction_of(const EvalContext& c, tin_reduction& r) {
    const Shape& in = c.in[0].type->shape;
    Ints axes = c.has(1) ? indices_of(c.in[1]) : c.node.ints("axes");
    tin_shape x{static_cast<int32_t>(in.size()), {}};
    std::copy(in.begin(), in.end(), x.dim);
    uint32_t mask = 0;
    for (int64_t axis : axes) {
        int64_t d = axis < 0 ? axis + std::ssize(in) : axis;
        if (d < 0 || d >= std::ssize(in)) return false;
        mask |= 1u << d;
    }
    tin_reduction_of(&x, mask, &r);
    int64_t count = 1;
    for (size_t d = 0; d < in.size(); ++d)
        if (!(mask >> d & 1)) count *= in[d];
    return count == c.out[0].type->elements();
}

void eval_stored_sum(const EvalContext& c, bool mean) {
    tin_reduction r{};
    if (!reduction_of(c, r)) return write_zeros(c);
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    tin_reduce_scale scale{zero_point_of(x), zero_point_of(y), quantised_multiplier(scale_of(x) / scale_of(y))};
    if (mean && y.elements() > 0) scale.factor = tin_mean_factor(scale.factor, x.elements() / y.elements());
    switch (x.dtype) {
        case DType::i8: return call(c, tin_reduce_sum_qi8, c.in[0].as<int8_t>(), c.out[0].as<int8_t>(), &r, &scale);
        case DType::u8: return call(c, tin_reduce_sum_qu8, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>(), &r, &scale);
        default: return call(c, tin_reduce_sum_qi16, c.in[0].as<int16_t>(), c.out[0].as<int16_t>(), &r, &scale);
    }
}

void write_zeros(const EvalContext& c) { clear_bytes(c, c.out[0].data, c.out[0].type->bytes()); }

}  // namespace tinsmith

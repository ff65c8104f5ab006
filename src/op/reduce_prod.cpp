#include "kernel/quantised_reduce.h"
#include "op/integer.hpp"
#include "op/list.hpp"
#include "op/reduce.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

TIN_EVAL_REDUCE(prod)

static void eval_integer(const EvalContext& c) {
    tin_reduction r{};
    if (!reduction_of(c, r)) return write_zeros(c);
    const Type &x = *c.in[0].type, &y = *c.out[0].type;
    const int64_t count = y.elements() == 0 ? 1 : std::max<int64_t>(x.elements() / y.elements(), 1);
    const double factor = scale_of(x) / std::pow(scale_of(y), 1.0 / static_cast<double>(count));
    const tin_reduce_scale scale{zero_point_of(x), zero_point_of(y), quantised_multiplier(factor)};
    if (x.dtype == DType::i16) return call(c, tin_reduce_prod_qi16, c.in[0].as<int16_t>(), c.out[0].as<int16_t>(), &r, &scale);
    call(c, tin_reduce_prod_qi8, c.in[0].as<int8_t>(), c.out[0].as<int8_t>(), &r, &scale);
}

const OpDef op::ReduceProd{
    .name = "ReduceProd",
    .says = "the product over axes",
    .operands = {{"x"}, {"axes", true}},
    .attrs = {{"axes", Ints{}}, {"keepdims", false}, {"shape", Ints{}}},
    .infer = infer_reduce,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::i16), .eval = eval_integer},
    .tflite = {.builtin = 81, .accepts = dtypes(DType::f32, DType::i32, DType::i64), .max_rank = 6},
};

}  // namespace tinsmith

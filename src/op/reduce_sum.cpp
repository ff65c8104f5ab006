#include "op/list.hpp"
#include "op/reduce.hpp"

namespace tinsmith {

TIN_EVAL_REDUCE(sum)

static void eval_integer(const EvalContext& c) { eval_stored_sum(c, false); }

// LiteRT's reference kernel reads i8 as u8, and sums i16 without a look at the scales.
const OpDef op::ReduceSum{
    .name = "ReduceSum",
    .says = "the sum over axes",
    .operands = {{"x"}, {"axes", true}},
    .attrs = {{"axes", Ints{}}, {"keepdims", false}, {"shape", Ints{}}},
    .infer = infer_reduce,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = quantised_types,
                .eval = eval_integer,
                .micro = dtypes(DType::i8, DType::i16),
                .micro_only = dtypes(DType::i8, DType::i16)},
    .tflite = {.builtin = 74, .accepts = dtypes(DType::f32, DType::i32, DType::i64), .max_rank = 6},
};

}  // namespace tinsmith

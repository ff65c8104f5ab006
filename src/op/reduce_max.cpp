#include "op/list.hpp"
#include "op/reduce.hpp"

namespace tinsmith {

TIN_EVAL_REDUCE(max)

const OpDef op::ReduceMax{
    .name = "ReduceMax",
    .says = "the largest element over axes",
    .operands = {{"x"}, {"axes", true}},
    .attrs = {{"axes", Ints{}}, {"keepdims", false}, {"shape", Ints{}}},
    .infer = infer_reduce,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 82,
               .accepts = dtypes(DType::f32, DType::i8, DType::u8, DType::i16, DType::i32, DType::i64),
               .max_rank = 6},
};

}  // namespace tinsmith

#include "op/arg_max.hpp"
#include "op/list.hpp"

namespace tinsmith {

const OpDef op::ArgMin{
    .name = "ArgMin",
    .says = "where the smallest element along axis is; the first of equal ones",
    .operands = {{"x"}},
    .attrs = {{"axis", int64_t{0}, true}, {"dtype", std::string("i64")}},
    .infer = infer_arg,
    .eval = [](const EvalContext& c) { eval_arg(c, false); },
    .quant = QuantRule::integer_only,
    .integer = {.types = dtypes(DType::i8, DType::u8), .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 79, .accepts = dtypes(DType::f32, DType::u8, DType::i8, DType::i32, DType::boolean)},
};

}  // namespace tinsmith

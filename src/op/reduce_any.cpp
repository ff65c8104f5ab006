#include "op/list.hpp"
#include "op/reduce.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    tin_reduction r{};
    if (!reduction_of(c, r)) return write_zeros(c);
    call(c, tin_reduce_any, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>(), &r);
}

const OpDef op::ReduceAny{
    .name = "ReduceAny",
    .says = "whether any element over axes is true",
    .operands = {{"x"}, {"axes", true}},
    .attrs = {{"axes", Ints{}}, {"keepdims", false}, {"shape", Ints{}}},
    .infer = infer_reduce_bool,
    .eval = eval,
    .quant = QuantRule::integer_only,
    .tflite = {.builtin = 91, .accepts = dtypes(DType::boolean), .max_rank = 6},
};

}  // namespace tinsmith

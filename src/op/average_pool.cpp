#include "kernel/pool.h"
#include "op/activation.hpp"
#include "op/list.hpp"
#include "op/pool.hpp"

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    check(c.type(0).dtype == DType::f32, "AveragePool has no kernel for {}", to_string(c.type(0)));
    return infer_pool(c);
}

static void eval(const EvalContext& c) {
    const tin_window w = pool_window(c);
    tin_average_pool_f32(&w, c.in[0].as<float>(), c.out[0].as<float>());
    apply_activation(c);
}

const OpDef op::AveragePool{
    .name = "AveragePool",
    .says = "the mean of each window; padded cells do not count",
    .operands = {{"x"}},
    .attrs = {{"kernel", Ints{}, true}, {"strides", Ints{1, 1}}, {"pads", Ints{0, 0, 0, 0}}, activation_attr()},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .tflite = {.builtin = 1, .accepts = dtypes(DType::f32), .max_rank = 4},
};

}  // namespace tinsmith

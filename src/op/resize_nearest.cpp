#include "op/kernel_call.hpp"
#include "op/list.hpp"
#include "op/resize.hpp"

namespace tinsmith {

static void eval(const EvalContext& c) {
    tin_resize r = resize_of(c);
    call(c, tin_resize_nearest, c.in[0].data, c.out[0].data, &r, element_size(*c.in[0].type));
}

const OpDef op::ResizeNearest{
    .name = "ResizeNearest",
    .says = "x [n, h, w, c] at another size, each pixel the nearest one",
    .operands = {{"x"}},
    .attrs = {{"size", Ints{}, true}, {"align_corners", false}, {"half_pixel_centers", false}},
    .infer = infer_resize,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8, DType::i16)},
    .tflite = {.builtin = 97,
               .accepts = dtypes(DType::f32, DType::u8, DType::i8, DType::i16, DType::i32, DType::u32),
               .max_rank = 4},
};

}  // namespace tinsmith

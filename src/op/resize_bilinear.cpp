#include "op/kernel_call.hpp"
#include "op/list.hpp"
#include "op/resize.hpp"

namespace tinsmith {

std::vector<Type> infer_resize(const InferContext& c) {
    const Type& x = movable_input(c);
    check(x.rank() == 4, "{} of {}, expected 4 dimensions", c.node.op->name, to_string(x));
    const Ints& size = c.node.ints("size");
    check(size.size() == 2, "'size' has {} entries, expected height and width", size.size());
    constexpr int64_t limit = 1 << 20;  // positions are exact in float
    for (int64_t extent : {size[0], size[1], x.shape[1], x.shape[2]})
        check(extent >= 1 && extent <= limit, "resizing {} to {}", to_string(x), to_string(size));
    check(!(c.node.flag("align_corners") && c.node.flag("half_pixel_centers")),
          "align_corners and half_pixel_centers exclude each other");
    supported(!x.quant || x.quant->axis < 0, "resizing {}, which is quantised per axis", to_string(x));
    return {Type{x.dtype, {x.shape[0], size[0], size[1], x.shape[3]}, x.quant}};
}

tin_resize resize_of(const EvalContext& c) {
    const Shape &in = c.in[0].type->shape, &out = c.out[0].type->shape;
    return {in[0], in[1], in[2], out[1], out[2], in[3], c.node.flag("align_corners"), c.node.flag("half_pixel_centers")};
}

static std::vector<Type> infer(const InferContext& c) {
    DType dtype = c.type(0).dtype;
    check(dtype == DType::f32 || dtype == DType::i8 || dtype == DType::u8 || dtype == DType::i16, "ResizeBilinear of {}",
          to_string(c.type(0)));
    return infer_resize(c);
}

static void eval(const EvalContext& c) {
    tin_resize r = resize_of(c);
    switch (c.in[0].type->dtype) {
        case DType::f32: return call(c, tin_resize_bilinear_f32, c.in[0].as<float>(), c.out[0].as<float>(), &r);
        case DType::i8: return call(c, tin_resize_bilinear_i8, c.in[0].as<int8_t>(), c.out[0].as<int8_t>(), &r);
        case DType::u8: return call(c, tin_resize_bilinear_u8, c.in[0].as<uint8_t>(), c.out[0].as<uint8_t>(), &r);
        default: return call(c, tin_resize_bilinear_i16, c.in[0].as<int16_t>(), c.out[0].as<int16_t>(), &r);
    }
}

const OpDef op::ResizeBilinear{
    .name = "ResizeBilinear",
    .says = "x [n, h, w, c] at another size, interpolated between the four nearest pixels",
    .operands = {{"x"}},
    .attrs = {{"size", Ints{}, true}, {"align_corners", false}, {"half_pixel_centers", false}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 23, .accepts = dtypes(DType::f32, DType::u8, DType::i8, DType::i16), .max_rank = 4},
};

}  // namespace tinsmith

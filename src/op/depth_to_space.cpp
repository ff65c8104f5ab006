#include "op/list.hpp"
#include "op/move.hpp"

namespace tinsmith {

// x [n, h, w, b*b*c] seen as [n, h, w, b, b, c] -> y [n, h*b, w*b, c], TensorFlow's and ONNX's DCR order.
static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    int64_t block = c.node.integer("blocksize");
    check(x.rank() == 4, "DepthToSpace of {}, expected 4 dimensions", to_string(x));
    check(block >= 1 && block <= 1 << 20 && x.shape[3] % (block * block) == 0,
          "a block of {} does not fit the {} channels of {}", block, x.shape[3], to_string(x));
    supported(!x.quant || x.quant->axis < 0, "DepthToSpace of {}, which is quantised per axis", to_string(x));
    return {Type{x.dtype, {x.shape[0], x.shape[1] * block, x.shape[2] * block, x.shape[3] / (block * block)}, x.quant}};
}

static void eval(const EvalContext& c) {
    const Shape &in = c.in[0].type->shape, &out = c.out[0].type->shape;
    int64_t b = c.node.integer("blocksize"), ch = out[3], row = out[2] * ch;
    Walk walk;
    walk.axis(in[0] * in[1], in[2] * in[3], row * b);
    walk.axis(in[2], in[3], b * ch);
    walk.axis(b, b * ch, row);
    walk.axis(b, ch, ch);
    walk.axis(ch, 1, 1);
    walk.run(c, c.in[0].data, c.out[0].data, element_size(*c.in[0].type));
}

const OpDef op::DepthToSpace{
    .name = "DepthToSpace",
    .says = "blocks of channels become blocks of pixels (NHWC; the block's row, column, then the channel)",
    .operands = {{"x"}},
    .attrs = {{"blocksize", int64_t{2}, true}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = dtypes(DType::i8, DType::u8), .micro = dtypes(DType::i8)},
    .tflite = {.builtin = 5, .accepts = dtypes(DType::f32, DType::u8, DType::i8, DType::i32, DType::i64), .max_rank = 4},
};

}  // namespace tinsmith

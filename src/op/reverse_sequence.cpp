#include "op/list.hpp"
#include "op/move.hpp"

#include <algorithm>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    check_integers(c, 1);
    int64_t seq = normalized_axis(c.node.integer("seq_axis"), x.rank()),
            batch = normalized_axis(c.node.integer("batch_axis"), x.rank());
    check(seq != batch, "seq_axis and batch_axis are both {}", seq);
    check(c.type(1).shape == Shape{x.shape[static_cast<size_t>(batch)]},
          "'lengths' is {}, expected one for each of {} sequences", to_string(c.type(1)), x.shape[static_cast<size_t>(batch)]);
    if (auto lengths = constant_operand(c, 1))
        for (int64_t n : *lengths)
            check(n >= 0 && n <= x.shape[static_cast<size_t>(seq)], "length {} is outside axis {} of {}", n, seq, to_string(x));
    return {x};
}

// For each sequence: its first `length` steps backwards, the rest as they are.
static void eval(const EvalContext& c) {
    const Shape& shape = c.in[0].type->shape;
    if (c.in[0].type->elements() == 0) return;
    auto stride = row_strides(shape);
    auto seq = static_cast<size_t>(normalized_axis(c.node.integer("seq_axis"), std::ssize(shape)));
    auto batch = static_cast<size_t>(normalized_axis(c.node.integer("batch_axis"), std::ssize(shape)));
    int64_t size = element_size(*c.in[0].type);
    for (int64_t b = 0; b < shape[batch]; ++b) {
        int64_t length = std::clamp<int64_t>(index_at(c.in[1], b), 0, shape[seq]), base = b * stride[batch];
        auto copy = [&](int64_t count, int64_t from, int64_t step, int64_t to) {
            Walk walk;
            for (size_t d = 0; d < shape.size(); ++d)
                if (d != seq && d != batch) walk.axis(shape[d], stride[d], stride[d]);
            walk.axis(count, step * stride[seq], stride[seq]);
            if (count > 0)
                walk.run(c, c.in[0].data + (base + from * stride[seq]) * size, c.out[0].data + (base + to * stride[seq]) * size,
                         size);
        };
        copy(length, length - 1, -1, 0);
        copy(shape[seq] - length, length, 1, length);
    }
}

const OpDef op::ReverseSequence{
    .name = "ReverseSequence",
    .says = "the first lengths[b] steps of sequence b backwards",
    .operands = {{"x"}, {"lengths"}},
    .attrs = {{"seq_axis", int64_t{0}, true}, {"batch_axis", int64_t{1}, true}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = dtypes(DType::u8, DType::i16)},
    .tflite = {.builtin = 112, .accepts = dtypes(DType::f32, DType::u8, DType::i16, DType::i32, DType::i64)},
};

}  // namespace tinsmith

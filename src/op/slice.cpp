#include "op/list.hpp"
#include "op/move.hpp"

#include <algorithm>

namespace tinsmith {

static std::vector<Type> infer(const InferContext& c) {
    const Type& x = movable_input(c);
    Type y{x.dtype, {}, x.quant};
    supported(!x.quant || x.quant->axis < 0, "slicing {}, which is quantised per axis", to_string(x));
    if (c.has(1) || c.has(2) || c.has(3)) {
        check(c.has(1) && c.has(2), "a slice computed at run time needs starts and ends");
        for (size_t i = 1; i <= 3; ++i) {
            if (!c.has(i)) continue;
            check_integers(c, i);
            check(c.type(i).shape == Shape{x.rank()}, "'{}' is {}, expected one entry for each of {} dimensions",
                  c.node.op->operands[i].role, to_string(c.type(i)), x.rank());
        }
        y.shape = declared_shape(c, x.rank());
        for (size_t d = 0; d < y.shape.size(); ++d)
            check(y.shape[d] <= x.shape[d], "{} has no slice of shape {}", to_string(x), to_string(y.shape));
        return {y};
    }
    const Ints& starts = per_dimension(c, "starts", x.rank());
    const Ints& ends = per_dimension(c, "ends", x.rank());
    const Ints& steps = per_dimension(c, "steps", x.rank());
    for (size_t d = 0; d < starts.size(); ++d) {
        int64_t n = x.shape[d], start = starts[d], end = ends[d], step = steps[d];
        check(step != 0 && step >= -n - 1 && step <= n + 1, "step {} along dimension {} of {}", step, d, to_string(x));
        bool inside = step > 0 ? start >= 0 && start <= n && end >= 0 && end <= n
                               : start >= -1 && start < std::max<int64_t>(n, 1) && end >= -1 && end <= n;
        check(inside, "slice {}:{}:{} is outside dimension {} of {}", start, end, step, d, to_string(x));
        int64_t extent = step > 0 ? (end - start + step - 1) / step : (start - end - step - 1) / -step;
        y.shape.push_back(n == 0 ? 0 : std::max<int64_t>(extent, 0));
    }
    return {y};
}

static void eval(const EvalContext& c) {
    const Shape &in = c.in[0].type->shape, &out = c.out[0].type->shape;
    bool at_run_time = c.has(1);
    Ints starts = at_run_time ? indices_of(c.in[1]) : c.node.ints("starts");
    Ints steps = at_run_time ? c.has(3) ? indices_of(c.in[3]) : Ints(in.size(), 1) : c.node.ints("steps");
    auto from = row_strides(in), to = row_strides(out);
    int64_t size = element_size(*c.in[0].type), first = 0;
    Walk walk;
    for (size_t d = 0; d < out.size(); ++d) {
        if (out[d] == 0) return;
        int64_t reach = out[d] > 1 ? (in[d] - 1) / (out[d] - 1) : 1;  // the longest step that stays inside
        int64_t step = std::clamp(steps[d], -reach, reach);
        int64_t span = step * (out[d] - 1), start = starts[d];
        if (start < 0) start = std::max(start, -in[d]) + in[d];
        start = std::clamp(start, std::max<int64_t>(0, -span), in[d] - 1 - std::max<int64_t>(0, span));
        first += start * from[d];
        walk.axis(out[d], step * from[d], to[d]);
    }
    walk.run(c, c.in[0].data + first * size, c.out[0].data, size);
}

const OpDef op::Slice{
    .name = "Slice",
    .says = "x[starts:ends:steps], one entry per dimension; end -1 with a negative step means before the first",
    .operands = {{"x"}, {"starts", true}, {"ends", true}, {"steps", true}},
    .attrs = {{"starts", Ints{}}, {"ends", Ints{}}, {"steps", Ints{}}, {"shape", Ints{}}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::same_as_input,
    .integer = {.types = quantised_types, .micro = dtypes(DType::i8, DType::i16)},
    .tflite = {.builtin = 65, .accepts = movable},
};

}  // namespace tinsmith

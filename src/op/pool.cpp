#include "op/pool.hpp"

#include "op/activation.hpp"

namespace tinsmith {

static WindowAttrs window(const Node& node) { return WindowAttrs::of(node, 2, node.ints("kernel")); }

std::vector<Type> infer_pool(const InferContext& c) {
    check_rank(c, 0, 4);
    check_activation(c);
    const Shape& x = c.type(0).shape;
    const WindowAttrs a = window(c.node);
    Shape places = a.places(x);
    for (size_t i = 0; i < 2; ++i)
        check(a.pads[i] < a.kernel[i] && a.pads[i + 2] < a.kernel[i] && x[i + 1] > 0,
              "a window of {} cells on {} cells with {} and {} of padding may lie on padding alone", a.kernel[i], x[i + 1],
              a.pads[i], a.pads[i + 2]);
    return {Type{c.type(0).dtype, {x[0], places[0], places[1], x[3]}, c.type(0).quant}};
}

tin_window pool_window(const EvalContext& c) { return window_of(window(c.node), c.in[0].type->shape, c.out[0].type->shape); }

}  // namespace tinsmith

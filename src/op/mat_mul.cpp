#include "kernel/mat_mul.h"
#include "op/list.hpp"
#include "op/window.hpp"

namespace tinsmith {

namespace {

struct Product {
    int64_t m, k, n;
    Shape batch;
};

Product product(const Node& node, const Shape& a, const Shape& b) {
    const bool adj_x = node.flag("adj_x"), adj_y = node.flag("adj_y");
    const size_t ra = a.size(), rb = b.size();
    const int64_t m = a[ra - (adj_x ? 1 : 2)], k = a[ra - (adj_x ? 2 : 1)], kb = b[rb - (adj_y ? 1 : 2)],
                  n = b[rb - (adj_y ? 2 : 1)];
    check(k == kb, "the inner extents differ: {} and {}", to_string(a), to_string(b));
    return {m, k, n, broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2))};
}

std::vector<Type> infer(const InferContext& c) {
    check(c.type(0).rank() >= 2 && c.type(1).rank() >= 2, "{} and {}: both need two dimensions", to_string(c.type(0)),
          to_string(c.type(1)));
    check_weights_type(c);
    Product p = product(c.node, c.type(0).shape, c.type(1).shape);
    p.batch.push_back(p.m);
    p.batch.push_back(p.n);
    return {Type{c.type(0).dtype, std::move(p.batch), {}}};
}

// Which matrix of an operand with shape `shape` belongs to matrix `index` of the batch.
int64_t matrix_at(int64_t index, const Shape& batch, const Shape& shape) {
    int64_t at = 0, step = 1;
    for (size_t i = 0; i + 2 < shape.size(); ++i) {
        const int64_t extent = shape[shape.size() - 3 - i], whole = batch[batch.size() - 1 - i];
        at += extent == 1 ? 0 : (index % whole) * step;
        step *= extent;
        index /= whole;
    }
    return at;
}

void eval(const EvalContext& c) {
    const Shape &a = c.in[0].type->shape, &b = c.in[1].type->shape;
    const Product p = product(c.node, a, b);
    const int64_t count = element_count(p.batch);
    for (int64_t i = 0; i < count; ++i)
        tin_mat_mul_f32(c.in[0].as<float>() + matrix_at(i, p.batch, a) * p.m * p.k,
                        c.in[1].as<float>() + matrix_at(i, p.batch, b) * p.k * p.n, p.m, p.k, p.n, c.node.flag("adj_x"),
                        c.node.flag("adj_y"), c.out[0].as<float>() + i * p.m * p.n);
}

int64_t macs(const Node& node, std::span<const Type* const> in, std::span<const Type> out) {
    return out[0].elements() * product(node, in[0]->shape, in[1]->shape).k;
}

}  // namespace

const OpDef op::MatMul{
    .name = "MatMul",
    .says = "matrix products over the last two dimensions, the others broadcast; adj_x and adj_y transpose an operand",
    .operands = {{"a"}, {"b"}},
    .attrs = {{"adj_x", false}, {"adj_y", false}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .macs = macs,
    .tflite = {.builtin = 126, .accepts = dtypes(DType::f32), .max_rank = 5},
};

}  // namespace tinsmith

#include "kernel/mat_mul.h"
#include "kernel/mat_mul_integer.h"
#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "op/weighted_sum.hpp"

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
    const DType a = c.type(0).dtype, b = c.type(1).dtype;
    if (is_quantised(*c.node.op, c.in)) {
        check_stored(c, 0);
        check_stored(c, 1);
        check(a == b || (a == DType::i16 && b == DType::i8), "a is {}, b is {}", to_string(c.type(0)), to_string(c.type(1)));
    } else {
        check(a == DType::f32, "a is {}, not f32", to_string(c.type(0)));
        check_alike(c);
    }
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

// Calls matrix(a, b, y) with the offsets of each pair of matrices and of their product.
template <class Matrix>
void each_product(const EvalContext& c, const Product& p, Matrix matrix) {
    const int64_t count = element_count(p.batch);
    for (int64_t i = 0; i < count; ++i)
        matrix(matrix_at(i, p.batch, c.in[0].type->shape) * p.m * p.k, matrix_at(i, p.batch, c.in[1].type->shape) * p.k * p.n,
               i * p.m * p.n);
}

// Rows of a are quantised one by one; b is taken as [n,k], a as [m,k].
void eval_hybrid(const EvalContext& c) {
    const Product p = product(c.node, c.in[0].type->shape, c.in[1].type->shape);
    const auto scheme = c.node.flag("asymmetric_inputs") ? HybridInput::Scheme::asymmetric : HybridInput::Scheme::symmetric;
    const bool adj_x = c.node.flag("adj_x"), adj_y = c.node.flag("adj_y");
    HybridInput input(*c.in[1].type, p.k, scheme);
    std::vector<float> row(static_cast<size_t>(p.k));
    std::vector<int8_t> columns(static_cast<size_t>(p.k * p.n));
    each_product(c, p, [&](int64_t a, int64_t b, int64_t y) {
        const float* x = c.in[0].as<float>() + a;
        const int8_t* w = c.in[1].as<int8_t>() + b;
        for (int64_t n = 0; n < p.n; ++n)
            for (int64_t k = 0; k < p.k; ++k) columns[static_cast<size_t>(n * p.k + k)] = w[adj_y ? n * p.k + k : k * p.n + n];
        for (int64_t m = 0; m < p.m; ++m) {
            for (int64_t k = 0; k < p.k; ++k) row[static_cast<size_t>(k)] = x[adj_x ? k * p.m + m : m * p.k + k];
            input.multiply(row.data(), columns.data(), nullptr, p.n, c.out[0].as<float>() + y + m * p.n);
        }
    });
}

void eval(const EvalContext& c) {
    if (has_stored_weights(c)) return eval_hybrid(c);
    const Product p = product(c.node, c.in[0].type->shape, c.in[1].type->shape);
    each_product(c, p, [&](int64_t a, int64_t b, int64_t y) {
        call(c, tin_mat_mul_f32, c.in[0].as<float>() + a, c.in[1].as<float>() + b, p.m, p.k, p.n, c.node.flag("adj_x"),
             c.node.flag("adj_y"), c.out[0].as<float>() + y);
    });
}

void eval_integer(const EvalContext& c) {
    const Product p = product(c.node, c.in[0].type->shape, c.in[1].type->shape);
    const tin_product sizes{p.m, p.k, p.n, c.node.flag("adj_x"), c.node.flag("adj_y")};
    const WeightedSum q(c, {product_multiplier(*c.in[0].type, *c.in[1].type, *c.out[0].type)});
    known(c, q.scale);
    const auto compute = [&](auto kernel, auto x, auto weight) {
        using X = decltype(x);
        each_product(c, p, [&](int64_t a, int64_t b, int64_t y) {
            call(c, kernel, &sizes, c.in[0].as<X>() + a, c.in[1].as<decltype(weight)>() + b, &q.sum, c.out[0].as<X>() + y);
        });
    };
    if (c.in[0].type->dtype == DType::i8) return compute(tin_mat_mul_i8, int8_t{}, int8_t{});
    if (c.in[1].type->dtype == DType::i8) return compute(tin_mat_mul_i16_i8, int16_t{}, int8_t{});
    compute(tin_mat_mul_i16, int16_t{}, int16_t{});
}

int64_t macs(const Node& node, std::span<const Type* const> in, std::span<const Type> out) {
    return out[0].elements() * product(node, in[0]->shape, in[1]->shape).k;
}

}  // namespace

const OpDef op::MatMul{
    .name = "MatMul",
    .says = "matrix products over the last two dimensions, the others broadcast; adj_x and adj_y transpose an operand",
    .operands = {{"a"}, {"b"}},
    // asymmetric_inputs: whether the rows of a float a beside a stored b are quantised with a zero point.
    .attrs = {{"adj_x", false}, {"adj_y", false}, {"asymmetric_inputs", false}},
    .infer = infer,
    .eval = eval,
    .quant = QuantRule::free_range,
    .integer = {.types = dtypes(DType::i8, DType::i16), .eval = eval_integer, .micro = dtypes(DType::i8, DType::i16)},
    .macs = macs,
    .tflite = {.builtin = 126, .accepts = dtypes(DType::f32), .max_rank = 5},
};

}  // namespace tinsmith

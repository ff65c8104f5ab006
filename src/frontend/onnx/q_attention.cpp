// QAttention, ONNX Runtime's self-attention on stored weights: one dense layer makes queries, keys and values of all heads, then
// softmax(q k' / sqrt(size) + mask) v. Read as products of real numbers (fused_integers.cpp).
#include "frontend/compose/product.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/q_linear.hpp"

#include <cmath>

namespace tinsmith::from_onnx {

namespace {

// What is added where the mask hides a key: [batch, 1, 1, keys], from as many keys as count from the left, or from a number for each.
ValueId mask_of(NodeReader& r, Compose& m, int64_t batch, int64_t keys) {
    const Shape given = r.shape(5);
    const ValueId hidden = m.b.scalar(r.real("mask_filter_value", -10000), DType::f32), none = m.b.scalar(0, DType::f32);
    if (given == Shape{batch, keys}) {
        const ValueId visible = m.b.add(op::Greater, {m.cast(r.in[5], DType::i32), m.b.scalar(0, DType::i32)});
        return m.b.add(op::Where, {m.reshape(visible, {batch, 1, 1, keys}), none, hidden});
    }
    supported(given == Shape{batch}, "a mask of shape {}; lengths [{}] or a mask [{}, {}] are known", to_string(given), batch,
              batch, keys);
    std::vector<int32_t> index(static_cast<size_t>(keys));
    for (size_t i = 0; i < index.size(); ++i) index[i] = static_cast<int32_t>(i);
    const ValueId lengths = m.reshape(m.cast(r.in[5], DType::i32), {batch, 1, 1, 1});
    const ValueId visible = m.b.add(op::Less, {m.b.ints(std::move(index), {1, 1, 1, keys}), lengths});
    return m.b.add(op::Where, {visible, none, hidden});
}

ValueId causal(NodeReader& r, Compose& m, int64_t count) {
    supported(count <= 4096, "a causal mask of {} x {}", count, count);
    const auto hidden = static_cast<float>(r.real("mask_filter_value", -10000));
    std::vector<float> mask(static_cast<size_t>(count * count), 0.0f);
    for (int64_t i = 0; i < count; ++i)
        for (int64_t j = i + 1; j < count; ++j) mask[static_cast<size_t>(i * count + j)] = hidden;
    return m.b.floats(std::move(mask), {1, 1, count, count});
}

}  // namespace

std::vector<ValueId> q_attention(NodeReader& r) {
    Compose m{r.b};
    const Shape shape = r.shape(0);
    const int64_t heads = r.integer("num_heads");
    check(shape.size() == 3 && r.rank(1) == 2, "the input is {}, the weights are {}", to_string(r.type(0)),
          to_string(r.type(1)));
    const int64_t batch = shape[0], count = shape[1], width = r.shape(1)[1] / 3;
    check(heads >= 1 && width >= 1 && r.shape(1)[1] == 3 * width && width % heads == 0, "{} heads of weights of shape {}",
          heads, to_string(r.shape(1)));
    supported(!r.has(8) && !r.wants(1), "keys and values of an earlier run (past, present)");
    supported(r.integer("do_rotary", 0) == 0, "rotary embedding inside of an attention");
    const int64_t size = width / heads;
    const ValueId projected = m.add(matrix_product(m, real_operand(r, 0, 3, 6), real_operand(r, 1, 4, 7, 1)), r.operand(2));
    std::vector<ValueId> parts = m.split(projected, 2, {width, width, width});
    for (ValueId& part : parts) part = m.transpose(m.reshape(part, {batch, count, heads, size}), {0, 2, 1, 3});
    const double scale = r.real("scale", 0);
    const ValueId q = m.scaled(parts[0], scale != 0 ? scale : 1 / std::sqrt(static_cast<double>(size)));
    ValueId x = m.b.add(op::MatMul, {q, parts[1]}, {{"adj_y", true}});
    if (r.has(5)) x = m.add(x, mask_of(r, m, batch, count));
    if (r.integer("unidirectional", 0) != 0) x = m.add(x, causal(r, m, count));
    const ValueId y = m.b.add(op::MatMul, {m.unary(op::Softmax, x), parts[2]});
    return {m.reshape(m.transpose(y, {0, 2, 1, 3}), {batch, count, width})};
}

}  // namespace tinsmith::from_onnx

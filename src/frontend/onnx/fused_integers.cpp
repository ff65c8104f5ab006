// ONNX Runtime's fused operators on stored weights, as products of real numbers whose weights lie on their lattice: the file's method says how
// to quantise. What enters was quantised while the model ran, or is stored in a scale of its own (dynamic_products.hpp).
#include "frontend/compose/product.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/q_linear.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

constexpr int plain_opset = 17;  // of the operators that are meant

std::vector<ValueId> product(NodeReader& r, ValueId x, ValueId weights, size_t bias) {
    Compose m{r.b};
    const ValueId y = matrix_product(m, x, weights);
    return {r.has(bias) ? m.add(y, r.in[bias]) : y};
}

// Recurrent weights [directions, inputs, gates] with one scale for each direction, or for each column of it; as LSTM has them:
// [directions, gates, inputs].
ValueId recurrent_weights(NodeReader& r, size_t at, size_t scale, size_t zero_point) {
    Compose m{r.b};
    check(r.rank(at) == 3 && r.shape(at)[0] > 0, "the weights are {}", to_string(r.type(at)));
    const int64_t directions = r.shape(at)[0], columns = r.shape(at)[2];
    const auto along = [&](ValueId id) {
        const int64_t count = m.b.type(id).elements();
        check(count == directions || count == directions * columns, "{} scales or zero points for weights of shape {}", count,
              to_string(r.shape(at)));
        return m.reshape(m.cast(id, DType::f32), {directions, 1, count / directions});
    };
    ValueId steps = m.cast(r.operand(at), DType::f32);
    if (r.has(zero_point)) steps = m.sub(steps, along(r.in[zero_point]));
    return m.transpose(m.mul(steps, along(r.operand(scale))), {0, 2, 1});
}

// Numbers of `bits` bits, the lowest first in each byte; every row starts with a byte of its own.
std::vector<float> unpacked(const std::vector<int64_t>& bytes, int64_t rows, int64_t columns, int64_t bits) {
    const int64_t in_byte = 8 / bits, row_bytes = (columns + in_byte - 1) / in_byte, mask = (1 << bits) - 1;
    check(std::ssize(bytes) == rows * row_bytes, "{} bytes for {} x {} numbers of {} bits", bytes.size(), rows, columns, bits);
    std::vector<float> out(static_cast<size_t>(rows * columns));
    for (int64_t row = 0; row < rows; ++row)
        for (int64_t c = 0; c < columns; ++c) {
            const int64_t byte = bytes[static_cast<size_t>(row * row_bytes + c / in_byte)];
            out[static_cast<size_t>(row * columns + c)] = static_cast<float>(byte >> (c % in_byte * bits) & mask);
        }
    return out;
}

}  // namespace

// y = (A - a0) (B - b0) * a_scale * b_scale + bias
std::vector<ValueId> mat_mul_integer_to_float(NodeReader& r) {
    return product(r, real_operand(r, 0, 2, 4), real_operand(r, 1, 3, 5, r.rank(1) - 1), 6);
}

std::vector<ValueId> dynamic_quantize_mat_mul(NodeReader& r) {
    return product(r, r.operand(0), real_operand(r, 1, 2, 3, r.rank(1) - 1), 4);
}

std::vector<ValueId> dynamic_quantize_lstm(NodeReader& r) {
    NodeReader floats = r;
    floats.opset = plain_opset;
    floats.in.resize(std::min<size_t>(r.in.size(), 8));
    floats.in[1] = recurrent_weights(r, 1, 8, 9);
    floats.in[2] = recurrent_weights(r, 2, 10, 11);
    return lstm(floats);
}

// Weights [N][blocks][bytes of a block], a scale and a zero point for each block of a row: y = x W' + bias.
std::vector<ValueId> mat_mul_n_bits(NodeReader& r) {
    Compose m{r.b};
    const int64_t inner = r.integer("K"), outs = r.integer("N"), bits = r.integer("bits", 4), block = r.integer("block_size");
    supported(bits == 2 || bits == 4 || bits == 8, "weights of {} bits", bits);
    constexpr int64_t most = 1 << 28;
    check(inner > 0 && outs > 0 && block > 0 && block <= most && inner <= most / outs, "K is {}, N is {}, block_size is {}",
          inner, outs, block);
    supported(!r.has(4), "weights in another order (g_idx)");
    supported(r.is_constant(1) && r.is_constant(2), "weights that are computed at run time");
    const int64_t blocks = (inner + block - 1) / block;
    const std::vector<float> steps = unpacked(r.b.graph.constant_ints(r.in[1]), outs * blocks, block, bits);
    const std::vector<float> scales = r.b.graph.constant_floats(r.in[2]);
    check(std::ssize(scales) == outs * blocks, "{} scales for {} x {} blocks", scales.size(), outs, blocks);
    std::vector<float> zeros(scales.size(), static_cast<float>(1 << (bits - 1)));
    if (r.has(3)) {
        supported(r.is_constant(3), "zero points that are computed at run time");
        zeros = r.type(3).dtype == DType::u8 ? unpacked(r.b.graph.constant_ints(r.in[3]), outs, blocks, bits)
                                             : r.b.graph.constant_floats(r.in[3]);
        check(zeros.size() == scales.size(), "{} zero points for {} blocks", zeros.size(), scales.size());
    }
    std::vector<float> weights(static_cast<size_t>(outs * inner));
    for (int64_t o = 0; o < outs; ++o)
        for (int64_t k = 0; k < inner; ++k) {
            const auto at = static_cast<size_t>(o * blocks + k / block);
            weights[static_cast<size_t>(o * inner + k)] =
                (steps[static_cast<size_t>(o * blocks * block + k)] - zeros[at]) * scales[at];
        }
    return product(r, r.operand(0), m.transpose(m.b.floats(std::move(weights), {outs, inner}), {1, 0}), 5);
}

}  // namespace tinsmith::from_onnx

// Attention: softmax(q k^T scale + bias) v, with heads in the second dimension. Key and value heads that several query heads share
// are not repeated: the queries of a group follow each other and are multiplied as one longer sequence.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"

#include <cmath>
#include <limits>

namespace tinsmith::from_onnx {

namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

// [batch, sequence, heads * size] as [batch, heads, sequence, size].
ValueId with_heads(Compose& m, ValueId x, int64_t heads) {
    const Shape s = m.shape(x);
    if (s.size() == 4) return x;
    check(s.size() == 3 && heads >= 1 && s[2] % heads == 0, "{} heads of a tensor of shape {}", heads, to_string(s));
    return m.transpose(m.reshape(x, {s[0], s[1], heads, s[2] / heads}), {0, 2, 1, 3});
}

// 0 where a key may be seen, -infinity elsewhere.
ValueId from_booleans(Compose& m, ValueId visible) {
    return m.b.add(op::Where, {visible, m.b.scalar(0, DType::f32), m.b.scalar(minus_infinity, DType::f32)});
}

ValueId causal_bias(Compose& m, int64_t queries, int64_t keys, int64_t past) {
    supported(queries <= (1 << 20) && keys <= (1 << 20) && queries * keys <= (1 << 24), "a causal mask of {} x {}", queries,
              keys);
    std::vector<float> bias(static_cast<size_t>(queries * keys), 0.0f);
    for (int64_t i = 0; i < queries; ++i)
        for (int64_t j = i + past + 1; j < keys; ++j)
            bias[static_cast<size_t>(i * keys + j)] = -std::numeric_limits<float>::infinity();
    return m.b.floats(std::move(bias), {queries, keys});
}

// attn_mask as a number to add, as wide as there are keys. Before opset 24 a single column broadcasts.
ValueId mask_bias(Compose& m, ValueId mask, int64_t keys, int opset) {
    check(!m.shape(mask).empty(), "the mask is a scalar");
    if (m.dtype(mask) == DType::boolean) mask = from_booleans(m, mask);
    const int64_t missing = keys - m.shape(mask).back();
    if (missing <= 0 || (opset < 24 && m.shape(mask).back() == 1)) return mask;
    Shape rest = m.shape(mask);
    rest.back() = missing;
    return m.concat({mask, m.b.splat(minus_infinity, {DType::f32, rest, {}})}, static_cast<int64_t>(rest.size()) - 1);
}

// Everything that is added to the products of queries and keys; no_value: nothing.
ValueId read_bias(NodeReader& r, Compose& m, int64_t queries, int64_t keys, int64_t past) {
    ValueId bias = r.has(3) ? mask_bias(m, r.in[3], keys, r.opset) : no_value;
    auto join = [&](ValueId more) { bias = bias == no_value ? more : m.add(bias, more); };
    if (r.integer("is_causal", 0) != 0) join(causal_bias(m, queries, keys, past));
    if (r.has(6)) {
        supported(keys <= (1 << 24), "{} keys", keys);
        std::vector<int32_t> index(static_cast<size_t>(keys));
        for (size_t i = 0; i < index.size(); ++i) index[i] = static_cast<int32_t>(i);
        const ValueId lengths = m.reshape(m.cast(r.in[6], DType::i32), {r.type(6).elements(), 1, 1, 1});
        join(from_booleans(m, m.b.add(op::Less, {m.b.ints(std::move(index), {1, 1, 1, keys}), lengths})));
    }
    return bias;
}

// x = products + bias as an output of the model: TFLite's sums end at the lowest finite number where the bias is -infinity.
ValueId with_infinities(Compose& m, ValueId x, ValueId bias) {
    const ValueId hidden = m.b.add(op::Less, {bias, m.number(-3e38, bias)});
    return m.b.add(op::Where, {hidden, m.number(minus_infinity, x), x});
}

}  // namespace

std::vector<ValueId> attention(NodeReader& r) {
    Compose m{r.b};
    check(r.rank(0) == r.rank(1) && r.rank(1) == r.rank(2), "q, k and v have different ranks");
    supported(r.type(0).dtype == DType::f32, "attention over {}", to_string(r.type(0)));
    const ValueId q = with_heads(m, r.operand(0), r.integer("q_num_heads", 0));
    ValueId k = with_heads(m, r.operand(1), r.integer("kv_num_heads", 0));
    ValueId v = with_heads(m, r.operand(2), r.integer("kv_num_heads", 0));
    check(m.shape(q).size() == 4 && m.shape(k).size() == 4 && m.shape(v).size() == 4,
          "q, k and v have three or four dimensions");
    const int64_t past = r.has(4) ? m.shape(r.in[4])[2] : 0;
    if (r.has(4)) k = m.concat({r.in[4], k}, 2);
    if (r.has(5)) v = m.concat({r.in[5], v}, 2);
    const Shape qs = m.shape(q), ks = m.shape(k), vs = m.shape(v);
    const int64_t batch = qs[0], heads = qs[1], queries = qs[2], kv_heads = ks[1], keys = ks[2];
    check(kv_heads >= 1 && heads % kv_heads == 0 && vs[1] == kv_heads && vs[2] == keys && ks[3] == qs[3] && ks[0] == batch,
          "q {}, k {} and v {} do not fit", to_string(qs), to_string(ks), to_string(vs));
    const Shape grouped{batch, kv_heads, heads / kv_heads * queries, qs[3]}, scores{batch, heads, queries, keys};

    const double scale = r.real("scale", 1 / std::sqrt(static_cast<double>(qs[3])));
    const ValueId products = m.b.add(op::MatMul, {m.reshape(m.scaled(q, scale), grouped), k}, {{"adj_y", true}});
    ValueId x = m.reshape(products, scores);
    std::vector<ValueId> stages{x};  // by qk_matmul_output_mode
    const ValueId bias = read_bias(r, m, queries, keys, past);
    if (bias != no_value) x = m.add(x, bias);
    stages.push_back(bias != no_value && r.wants(3) ? with_infinities(m, x, bias) : x);
    const double cap = r.real("softcap", 0);
    if (cap > 0) x = m.scaled(m.unary(op::Tanh, m.scaled(x, 1 / cap)), cap);
    stages.push_back(cap > 0 ? x : stages.back());
    x = m.unary(op::Softmax, x);
    stages.push_back(x);
    const ValueId weighted = m.b.add(op::MatMul, {m.reshape(x, {batch, kv_heads, grouped[2], keys}), v});
    ValueId y = m.reshape(weighted, {batch, heads, queries, vs[3]});
    if (r.rank(0) == 3) y = m.reshape(m.transpose(y, {0, 2, 1, 3}), {batch, queries, heads * vs[3]});
    const int64_t mode = r.integer("qk_matmul_output_mode", 0);
    check(mode >= 0 && mode <= 3, "qk_matmul_output_mode is {}", mode);
    return {y, k, v, stages[static_cast<size_t>(mode)]};
}

std::vector<ValueId> rotary_embedding(NodeReader& r) {
    Compose m{r.b};
    const Shape whole = r.shape(0);
    check(whole.size() == 3 || whole.size() == 4, "the input is {}", to_string(r.type(0)));
    // With four dimensions heads come before the sequence, otherwise they are part of the last dimension.
    const bool heads_first = whole.size() == 4;
    ValueId x = r.operand(0);
    if (!heads_first) {
        const int64_t heads = r.integer("num_heads", 0);
        check(heads >= 1 && whole[2] % heads == 0, "{} heads of a tensor of shape {}", heads, to_string(whole));
        x = m.reshape(x, {whole[0], whole[1], heads, whole[2] / heads});
    }
    const int64_t batch = whole[0], sequence = whole[heads_first ? 2 : 1], size = m.shape(x)[3];
    int64_t turned = r.integer("rotary_embedding_dim", 0);
    if (turned == 0) turned = size;
    check(turned >= 2 && turned <= size && turned % 2 == 0, "rotary_embedding_dim is {} of {}", turned, size);
    auto table = [&](size_t operand) {
        ValueId t = r.operand(operand);
        if (r.has(3)) t = m.b.add(op::Gather, {t, r.in[3]}, {{"axis", int64_t{0}}});
        check(m.shape(t).size() == 3 && m.shape(t)[2] == turned / 2, "cos and sin have {} numbers for {}",
              to_string(m.shape(t)), turned);
        check(m.shape(t)[1] == sequence && (m.shape(t)[0] == batch || m.shape(t)[0] == 1), "cos and sin have shape {}",
              to_string(m.shape(t)));
        const int64_t count = m.shape(t)[0];
        return m.reshape(t, heads_first ? Shape{count, 1, sequence, turned / 2} : Shape{count, sequence, 1, turned / 2});
    };
    const ValueId cosine = table(1), sine = table(2), part = m.slice(x, 3, 0, turned);
    const bool interleaved = r.integer("interleaved", 0) != 0;
    const ValueId left = interleaved ? m.slice(part, 3, 0, turned - 1, 2) : m.slice(part, 3, 0, turned / 2);
    const ValueId right = interleaved ? m.slice(part, 3, 1, turned, 2) : m.slice(part, 3, turned / 2, turned);
    ValueId real = m.sub(m.mul(cosine, left), m.mul(sine, right)), imaginary = m.add(m.mul(sine, left), m.mul(cosine, right));
    ValueId y;
    if (interleaved) {
        Shape apart = m.shape(real);
        apart.push_back(1);
        y = m.reshape(m.concat({m.reshape(real, apart), m.reshape(imaginary, apart)}, 4), m.shape(part));
    } else {
        y = m.concat({real, imaginary}, 3);
    }
    if (turned < size) y = m.concat({y, m.slice(x, 3, turned, size)}, 3);
    return {m.reshape(y, whole)};
}

}  // namespace tinsmith::from_onnx

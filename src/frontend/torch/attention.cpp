// softmax(q k^T scale + mask) v. Key and value heads that several query heads share are not repeated: the queries of a group follow each
// other and are multiplied as one longer sequence.
#include "frontend/torch/operand.hpp"

#include <cmath>
#include <limits>

namespace tinsmith::torch::from_torch {

namespace {

constexpr double minus_infinity = -std::numeric_limits<double>::infinity();

ValueId causal(NodeReader& r, int64_t queries, int64_t keys) {
    supported(queries <= (1 << 24) / std::max<int64_t>(keys, 1), "a causal mask of {} x {}", queries, keys);
    std::vector<float> bias(static_cast<size_t>(queries * keys), 0.0f);
    for (int64_t i = 0; i < queries; ++i)
        for (int64_t j = i + 1; j < keys; ++j) bias[static_cast<size_t>(i * keys + j)] = static_cast<float>(minus_infinity);
    return r.b.floats(std::move(bias), {queries, keys});
}

// A number to add: booleans say which keys may be seen.
ValueId as_bias(NodeReader& r, ValueId mask) {
    if (r.m.dtype(mask) != DType::boolean) return mask;
    return r.b.add(op::Where, {mask, r.b.scalar(0, DType::f32), r.b.scalar(minus_infinity, DType::f32)});
}

ValueId attend(NodeReader& r, ValueId q, ValueId k, ValueId v, ValueId bias, double scale) {
    Compose& m = r.m;
    const Shape qs = m.shape(q), ks = m.shape(k), vs = m.shape(v);
    const size_t n = qs.size();
    check(n >= 2 && ks.size() == n && vs.size() == n && ks[n - 1] == qs[n - 1] && vs[n - 2] == ks[n - 2],
          "q {}, k {} and v {} do not fit", to_string(qs), to_string(ks), to_string(vs));
    const int64_t group = n >= 3 && ks[n - 3] > 0 && qs[n - 3] % ks[n - 3] == 0 ? qs[n - 3] / ks[n - 3] : 1;
    Shape scores(qs), grouped(qs);
    scores[n - 1] = ks[n - 2];
    if (group > 1) grouped[n - 3] /= group, grouped[n - 2] *= group;
    ValueId x = m.b.add(op::MatMul, {m.reshape(m.scaled(q, scale), grouped), k}, {{"adj_y", true}});
    if (group > 1) x = m.reshape(x, scores);
    if (bias != no_value) x = m.add(x, bias);
    x = m.unary(op::Softmax, x);
    if (group == 1) return m.b.add(op::MatMul, {x, v});
    Shape rows(grouped), out(qs);
    rows[n - 1] = ks[n - 2];
    out[n - 1] = vs[n - 1];
    return m.reshape(m.b.add(op::MatMul, {m.reshape(x, rows), v}), out);
}

}  // namespace

std::vector<ValueId> attention(NodeReader& r) {
    const ValueId q = float_operand(r, "query"), k = float_operand(r, "key"), v = float_operand(r, "value");
    supported(r.real("dropout_p", 0) == 0, "its dropout is random; export the model in eval mode");
    const Shape qs = r.m.shape(q), ks = r.m.shape(k);
    check(qs.size() >= 2 && ks.size() >= 2, "the queries are {}", to_string(r.b.type(q)));
    ValueId bias = r.has("attn_mask")   ? as_bias(r, r.tensor("attn_mask"))
                   : r.has("attn_bias") ? as_bias(r, r.tensor("attn_bias"))
                                        : no_value;
    if (r.flag("is_causal", false)) bias = causal(r, qs[qs.size() - 2], ks[ks.size() - 2]);
    return {attend(r, q, k, v, bias, r.real("scale", 1 / std::sqrt(static_cast<double>(qs.back()))))};
}

}  // namespace tinsmith::torch::from_torch

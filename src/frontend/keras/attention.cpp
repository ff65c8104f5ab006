// MultiHeadAttention, Attention and AdditiveAttention.
#include "frontend/compose/product.hpp"
#include "frontend/keras/layers.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith::keras {

namespace {

constexpr double masked = -1e9;

// 0 where key j is not behind query i, a large negative number elsewhere: [queries, keys].
ValueId causal_bias(Compose& m, int64_t queries, int64_t keys) {
    supported(queries <= 4096 && keys <= 4096, "causal attention over {}x{} steps", queries, keys);
    std::vector<float> bias(static_cast<size_t>(queries * keys), 0.0f);
    for (int64_t i = 0; i < queries; ++i)
        for (int64_t j = i + 1; j < keys; ++j) bias[static_cast<size_t>(i * keys + j)] = static_cast<float>(masked);
    return m.b.floats(std::move(bias), {queries, keys});
}

bool is_true(const LayerReader& r, size_t position, const char* name) {
    const Json* value = r.argument(position, name);
    return value && value->is_boolean() && value->get<bool>();
}

void refuse_masks(const LayerReader& r, std::initializer_list<const char*> names) {
    for (const char* name : names) supported(r.argument(99, name) == nullptr, "the argument '{}'", name);
    supported(!is_true(r, 99, "return_attention_scores"), "the attention scores as a result");
}

// A projection to heads: x [B, T, F] by weights [F, heads, size] as [B, heads, T, size].
ValueId project(LayerReader& r, ValueId x, const std::string& part, int64_t heads, int64_t size) {
    Compose& m = r.m;
    const Shape s = m.shape(x);
    const ValueId weights = m.reshape(r.weight(part + "/kernel", {s[2], heads, size}), {s[2], heads * size});
    const ValueId bias =
        r.has_weight(part + "/bias") ? m.reshape(r.weight(part + "/bias", {heads, size}), {heads * size}) : no_value;
    const ValueId y = m.b.add(op::FullyConnected, {x, m.transpose(weights, {1, 0}), bias});
    return m.transpose(m.reshape(y, {s[0], s[1], heads, size}), {0, 2, 1, 3});
}

ValueId with_mask(Compose& m, ValueId scores, ValueId mask) {
    if (mask == no_value) return scores;
    Shape s = m.shape(mask);
    check(s.size() <= 4, "'attention_mask' has shape {}", to_string(s));
    if (s.size() == 3) s.insert(s.begin() + 1, 1);
    mask = m.reshape(m.cast(mask, DType::boolean), s);
    return m.b.add(op::Where, {mask, scores, m.number(masked, scores)});
}

}  // namespace

std::vector<ValueId> multi_head_attention(LayerReader& r) {
    Compose& m = r.m;
    refuse_masks(r, {"query_mask", "value_mask", "key_mask"});
    supported(!r.flag("use_gate", false) && !r.has("sliding_window"), "gates or sliding windows");
    const ValueId query = r.tensor_argument(0, "query"), value = r.tensor_argument(1, "value");
    check(query != no_value && value != no_value, "it takes a query and a value");
    ValueId key = r.tensor_argument(2, "key");
    if (key == no_value) key = value;
    for (ValueId x : {query, key, value})
        supported(m.shape(x).size() == 3, "attention over an input of shape {}", to_string(m.shape(x)));
    const int64_t heads = r.integer("num_heads"), size = r.integer("key_dim"), value_size = r.integer("value_dim", size);
    check(heads >= 1 && size >= 1 && value_size >= 1 && heads < (1 << 20) && size < (1 << 20) && value_size < (1 << 20),
          "{} heads of {} and {}", heads, size, value_size);
    const ValueId q = m.scaled(project(r, query, "query_dense", heads, size), 1 / std::sqrt(static_cast<double>(size)));
    const ValueId k = project(r, key, "key_dense", heads, size), v = project(r, value, "value_dense", heads, value_size);
    ValueId scores = with_mask(m, m.b.add(op::MatMul, {q, k}, {{"adj_y", true}}), r.tensor_argument(99, "attention_mask"));
    if (is_true(r, 99, "use_causal_mask")) scores = m.add(scores, causal_bias(m, m.shape(q)[2], m.shape(k)[2]));
    const ValueId mixed = m.transpose(m.b.add(op::MatMul, {m.b.add(op::Softmax, {scores}), v}), {0, 2, 1, 3});
    Shape out = m.shape(query);
    const ValueId flat = m.reshape(mixed, {out[0], out[1], heads * value_size});
    const Shape kernel = r.weight_shape("output_dense/kernel");
    check(kernel.size() >= 3, "weight 'output_dense/kernel' has shape {}", to_string(kernel));
    const Shape features(kernel.begin() + 2, kernel.end());
    const int64_t columns = element_count(features);
    const ValueId weights = m.reshape(r.weight("output_dense/kernel", kernel), {heads * value_size, columns});
    const ValueId bias =
        r.has_weight("output_dense/bias") ? m.reshape(r.weight("output_dense/bias", features), {columns}) : no_value;
    const ValueId y = m.b.add(op::FullyConnected, {flat, m.transpose(weights, {1, 0}), bias});
    out.resize(2);
    out.insert(out.end(), features.begin(), features.end());
    return {m.reshape(y, out)};
}

std::vector<ValueId> attention(LayerReader& r) {
    Compose& m = r.m;
    const bool additive = r.kind() == "AdditiveAttention", concat = additive || r.text("score_mode", "dot") == "concat";
    refuse_masks(r, {"mask"});
    check(r.in.size() == 2 || r.in.size() == 3, "it takes a query and a value");
    const ValueId query = r.in[0], value = r.in[1], key = r.in.size() == 3 ? r.in[2] : value;
    for (ValueId x : r.in) supported(m.shape(x).size() == 3, "attention over an input of shape {}", to_string(m.shape(x)));
    const Shape q = m.shape(query), k = m.shape(key);
    auto scale = [&] { return r.weight("scale", r.weight_shape("scale")); };
    ValueId scores;
    if (concat) {
        supported(std::max(q[1], k[1]) <= (1 << 20) && q[1] * k[1] <= (1 << 20), "scores of {}x{} steps", q[1], k[1]);
        ValueId both = m.add(m.reshape(query, {q[0], q[1], 1, q[2]}), m.reshape(key, {k[0], 1, k[1], k[2]}));
        if (!additive && r.has_weight("scale")) both = m.mul(both, scale());
        both = m.unary(op::Tanh, both);
        if (additive && r.has_weight("scale")) both = m.mul(both, scale());
        scores = m.reduce(op::ReduceSum, both, {3}, false);
        if (r.has_weight("concat_score_weight"))
            scores = m.mul(scores, r.weight("concat_score_weight", r.weight_shape("concat_score_weight")));
    } else {
        scores = m.b.add(op::MatMul, {query, key}, {{"adj_y", true}});
        if (r.has_weight("scale")) scores = m.mul(scores, scale());
    }
    if (r.flag("causal", false) || is_true(r, 99, "use_causal_mask")) scores = m.add(scores, causal_bias(m, q[1], k[1]));
    return {m.b.add(op::MatMul, {m.b.add(op::Softmax, {scores}), value})};
}

Slots slots::multi_head_attention(const Json& config, int) {
    Slots out;
    for (const char* part : {"query_dense", "key_dense", "value_dense", "output_dense"}) {
        out.push_back({std::string(part) + "/kernel", part, true});
        if (uses_bias(config)) out.push_back({std::string(part) + "/bias", part, true});
    }
    return out;
}

Slots slots::attention(const Json& config, int) {
    Slots out;
    if (flag_of(config, "use_scale", false)) out.push_back({"scale", "", true});
    if (config.is_object() && config.value("score_mode", "dot") == "concat") out.push_back({"concat_score_weight", "", true});
    return out;
}

}  // namespace tinsmith::keras

// MultiHeadAttention, Attention and AdditiveAttention.
#include "frontend/compose/product.hpp"
#include "frontend/keras/layers.hpp"
#include "frontend/keras/masks.hpp"

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

// Masks of the queries and of the keys, bool [B, T] and [B, S], as one of the scores [B, T, S]; either may be no_value.
ValueId mask_of_scores(Compose& m, ValueId queries, ValueId keys) {
    auto wide = [&](ValueId mask, size_t axis) {
        if (mask == no_value) return mask;
        Shape s = m.shape(mask);
        check(s.size() == 2, "a mask of shape {}", to_string(s));
        s.insert(s.begin() + static_cast<int64_t>(axis), 1);
        return m.reshape(mask, s);
    };
    return both_masks(m, wide(queries, 2), wide(keys, 1));
}

// "mask" of Attention: [mask of the query, mask of the value], either None, or those that the layers before handed on.
ValueId listed_mask(const LayerReader& r, size_t i) {
    const Json* list = r.argument(99, "mask");
    if (!list) return mask_of(r, i);
    check(list->is_array() && list->size() >= 2, "its argument 'mask' is no list of two masks");
    if ((*list)[i].is_null()) return no_value;
    const auto index = tensor_index((*list)[i]);
    check(index && *index < r.in.size(), "its argument 'mask' is no list of two masks");
    return r.m.cast(r.in[*index], DType::boolean);
}

// The kernel of a part, which may be integers with a divisor for each column.
ValueId kernel_of(LayerReader& r, const std::string& part, const Shape& shape, const Shape& columns) {
    const ValueId kernel = r.weight(part + "/kernel", shape);
    if (!r.has_weight(part + "/kernel_scale")) return kernel;
    const Shape stated = r.weight_shape(part + "/kernel_scale");
    check(element_count(stated) == element_count(columns), "weight '{}/kernel_scale' has shape {}", part, to_string(stated));
    return r.m.div(kernel, r.m.reshape(r.weight(part + "/kernel_scale", stated), columns));
}

// A projection to heads: x [B, T, F] by weights [F, heads, size] as [B, heads, T, size].
ValueId project(LayerReader& r, ValueId x, const std::string& part, int64_t heads, int64_t size) {
    Compose& m = r.m;
    const Shape s = m.shape(x);
    const ValueId weights = m.reshape(kernel_of(r, part, {s[2], heads, size}, {heads, size}), {s[2], heads * size});
    const ValueId bias =
        r.has_weight(part + "/bias") ? m.reshape(r.weight(part + "/bias", {heads, size}), {heads * size}) : no_value;
    const ValueId y = m.b.add(op::FullyConnected, {x, m.transpose(weights, {1, 0}), bias});
    return m.transpose(m.reshape(y, {s[0], s[1], heads, size}), {0, 2, 1, 3});
}

// Keys or values [B, groups, S, size] for each head of the queries that shares them.
ValueId for_each_query(Compose& m, ValueId x, int64_t heads) {
    const Shape s = m.shape(x);
    if (s[1] == heads) return x;
    const ValueId apart = m.expand(m.reshape(x, {s[0], s[1], 1, s[2], s[3]}), {s[0], s[1], heads / s[1], s[2], s[3]});
    return m.reshape(apart, {s[0], heads, s[2], s[3]});
}

// [B, T, S] as [B, 1, T, S].
ValueId with_heads(Compose& m, ValueId mask) {
    if (mask == no_value) return mask;
    Shape s = m.shape(mask);
    check(s.size() == 3 || s.size() == 4, "'attention_mask' has shape {}", to_string(s));
    if (s.size() == 3) s.insert(s.begin() + 1, 1);
    return m.reshape(mask, s);
}

ValueId with_mask(Compose& m, ValueId scores, ValueId mask) {
    return mask == no_value ? scores : m.b.add(op::Where, {with_heads(m, mask), scores, m.number(masked, scores)});
}

}  // namespace

std::vector<ValueId> multi_head_attention(LayerReader& r) {
    Compose& m = r.m;
    supported(!is_true(r, 99, "return_attention_scores"), "the attention scores as a result");
    const bool grouped = r.kind() == "GroupQueryAttention";
    supported(!r.flag("use_gate", false) && !r.has("sliding_window"), "gates or sliding windows");
    const ValueId query = r.tensor_argument(0, "query"), value = r.tensor_argument(1, "value");
    check(query != no_value && value != no_value, "it takes a query and a value");
    ValueId key = r.tensor_argument(2, "key"), of_keys = mask_for(r, "value_mask", value);
    if (key != no_value) of_keys = both_masks(m, of_keys, mask_for(r, "key_mask", key));
    if (key == no_value) key = value;
    for (ValueId x : {query, key, value})
        supported(m.shape(x).size() == 3, "attention over an input of shape {}", to_string(m.shape(x)));
    const int64_t heads = r.integer(grouped ? "num_query_heads" : "num_heads"),
                  size = r.integer(grouped ? "head_dim" : "key_dim"), value_size = r.integer("value_dim", size),
                  groups = grouped ? r.integer("num_key_value_heads") : heads;
    check(groups >= 1 && heads % groups == 0, "{} heads of queries over {} of keys", heads, groups);
    check(heads >= 1 && size >= 1 && value_size >= 1 && heads < (1 << 20) && size < (1 << 20) && value_size < (1 << 20),
          "{} heads of {} and {}", heads, size, value_size);
    const ValueId q = m.scaled(project(r, query, "query_dense", heads, size), 1 / std::sqrt(static_cast<double>(size)));
    const ValueId k = for_each_query(m, project(r, key, "key_dense", groups, size), heads),
                  v = for_each_query(m, project(r, value, "value_dense", groups, value_size), heads);
    ValueId mask = mask_of_scores(m, mask_for(r, "query_mask", query), of_keys);
    if (const ValueId stated = r.tensor_argument(99, "attention_mask"); stated != no_value)
        mask = both_masks(m, with_heads(m, mask), with_heads(m, m.cast(stated, DType::boolean)));
    ValueId scores = with_mask(m, m.b.add(op::MatMul, {q, k}, {{"adj_y", true}}), mask);
    if (is_true(r, 99, "use_causal_mask")) scores = m.add(scores, causal_bias(m, m.shape(q)[2], m.shape(k)[2]));
    const ValueId mixed = m.transpose(m.b.add(op::MatMul, {m.b.add(op::Softmax, {scores}), v}), {0, 2, 1, 3});
    Shape out = m.shape(query);
    const ValueId flat = m.reshape(mixed, {out[0], out[1], heads * value_size});
    const Shape kernel = r.weight_shape("output_dense/kernel");
    check(kernel.size() >= 3, "weight 'output_dense/kernel' has shape {}", to_string(kernel));
    const Shape features(kernel.begin() + 2, kernel.end());
    const int64_t columns = element_count(features);
    const ValueId weights = m.reshape(kernel_of(r, "output_dense", kernel, features), {heads * value_size, columns});
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
    supported(!is_true(r, 99, "return_attention_scores"), "the attention scores as a result");
    const Json* list = r.argument(0, "inputs");
    const size_t count = list && list->is_array() ? list->size() : r.in.size();
    check(count <= r.in.size() && (count == 2 || count == 3), "it takes a query and a value");
    const ValueId query = r.in[0], value = r.in[1], key = count == 3 ? r.in[2] : value;
    for (ValueId x : {query, value, key})
        supported(m.shape(x).size() == 3, "attention over an input of shape {}", to_string(m.shape(x)));
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
    if (const ValueId keys = listed_mask(r, 1); keys != no_value)
        scores = m.b.add(op::Where, {mask_of_scores(m, no_value, keys), scores, m.add_number(scores, masked)});
    const ValueId y = m.b.add(op::MatMul, {m.b.add(op::Softmax, {scores}), value}), queries = listed_mask(r, 0);
    if (queries == no_value) return {y};
    return {m.mul(y, m.cast(mask_of_scores(m, queries, no_value), m.dtype(y)))};
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

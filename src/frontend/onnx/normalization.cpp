// Normalisations, in the primitives that passes recognise again.
#include "frontend/compose/normalization.hpp"

#include "frontend/onnx/ops.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

namespace {

Ints range(int64_t from, int64_t to) {
    Ints out(static_cast<size_t>(std::max<int64_t>(0, to - from)));
    std::iota(out.begin(), out.end(), from);
    return out;
}

// One number for each channel, shaped to broadcast over [N,C,spatial...].
ValueId per_channel(Compose& m, ValueId v, int64_t rank) {
    Shape shape(static_cast<size_t>(rank) - 1, 1);
    shape[0] = m.b.type(v).elements();
    return m.reshape(v, shape);
}

void require_float(const NodeReader& r) {
    supported(r.type(0).dtype == DType::f32, "normalising {}; TFLite computes in float", to_string(r.type(0)));
}

// PyTorch exports GroupNorm as an InstanceNormalization of x reshaped to [N, groups, rest]: that of the groups of x itself, whose channels
// keep their place.
std::optional<ValueId> regrouped(Compose& m, ValueId reshaped, double epsilon) {
    const Shape to = m.shape(reshaped);
    const auto& nodes = m.b.graph.nodes;
    const auto made = std::find_if(nodes.rbegin(), nodes.rend(), [&](const Node& n) { return n.outputs[0] == reshaped; });
    if (to.size() != 3 || made == nodes.rend() || !made->is(op::Reshape)) return std::nullopt;
    const ValueId x = made->inputs[0];
    const Shape from = m.shape(x);
    if (from.size() < 3 || from[0] != to[0] || to[1] < 1 || from[1] % to[1] != 0) return std::nullopt;
    return m.reshape(normalize_groups(m, x, to[1], epsilon), to);
}

}  // namespace

namespace from_onnx {

std::vector<ValueId> batch_normalization(NodeReader& r) {
    Compose m{r.b};
    require_float(r);
    check(r.rank(0) >= 2, "the input is {}, without channels", to_string(r.type(0)));
    for (size_t i = 1; i < 5; ++i)
        check(r.type(i).elements() == r.shape(0)[1], "input {} is {}, but there are {} channels", i, to_string(r.type(i)),
              r.shape(0)[1]);
    const int64_t rank = r.rank(0);
    const double epsilon = r.real("epsilon", 1e-5), momentum = r.real("momentum", 0.9);
    supported(r.opset >= 9 || r.integer("spatial", 1) == 1, "statistics for each activation (spatial = 0)");
    ValueId mean = r.operand(3), variance = r.operand(4);
    std::vector<ValueId> out(1);
    if (r.integer("training_mode", 0) != 0) {
        Ints all = range(2, rank);
        all.insert(all.begin(), 0);
        const ValueId batch_mean = m.reduce(op::ReduceMean, r.operand(0), all, true);
        const ValueId spread = m.unary(op::Square, m.sub(r.operand(0), batch_mean));
        const ValueId batch_variance = m.reduce(op::ReduceMean, spread, all, false);
        const ValueId flat_mean = m.reshape(batch_mean, r.shape(3));
        out.push_back(m.add(m.scaled(mean, momentum), m.scaled(flat_mean, 1 - momentum)));
        out.push_back(m.add(m.scaled(variance, momentum), m.scaled(batch_variance, 1 - momentum)));
        mean = flat_mean;
        variance = batch_variance;
    } else {
        supported(!r.wants(1), "statistics of the batch are wanted, but the node is not in training mode");
    }
    const ValueId scale = m.mul(r.operand(1), m.unary(op::Rsqrt, m.add_number(variance, epsilon)));
    const ValueId shift = m.sub(r.operand(2), m.mul(mean, scale));
    out[0] = scale_and_shift(m, r.operand(0), per_channel(m, scale, rank), per_channel(m, shift, rank));
    return out;
}

std::vector<ValueId> layer_normalization(NodeReader& r) {
    Compose m{r.b};
    require_float(r);
    const int64_t axis = normalized_axis(r.integer("axis", -1), r.rank(0));
    const Normalized n = normalize(m, r.operand(0), range(axis, r.rank(0)), r.real("epsilon", 1e-5));
    return {scale_and_shift(m, n.y, r.operand(1), r.has(2) ? r.in[2] : no_value), n.mean, n.inverse_deviation};
}

std::vector<ValueId> rms_normalization(NodeReader& r) {
    Compose m{r.b};
    require_float(r);
    const int64_t axis = normalized_axis(r.integer("axis", -1), r.rank(0));
    const ValueId x = r.operand(0);
    const ValueId mean = m.reduce(op::ReduceMean, m.unary(op::Square, x), range(axis, r.rank(0)), true);
    return {m.mul(m.mul(x, m.unary(op::Rsqrt, m.add_number(mean, r.real("epsilon", 1e-5)))), r.operand(1))};
}

std::vector<ValueId> instance_normalization(NodeReader& r) {
    Compose m{r.b};
    require_float(r);
    check(r.rank(0) >= 3, "the input is {}, without spatial axes", to_string(r.type(0)));
    const double epsilon = r.real("epsilon", 1e-5);
    const ValueId y = regrouped(m, r.operand(0), epsilon).value_or(normalize_groups(m, r.operand(0), r.shape(0)[1], epsilon));
    return {scale_and_shift(m, y, per_channel(m, r.operand(1), r.rank(0)), per_channel(m, r.operand(2), r.rank(0)))};
}

std::vector<ValueId> group_normalization(NodeReader& r) {
    Compose m{r.b};
    require_float(r);
    const Shape x = r.shape(0);
    const int64_t groups = r.integer("num_groups");
    const ValueId y = normalize_groups(m, r.operand(0), groups, r.real("epsilon", 1e-5));
    // Until opset 20 there is one scale for each group, since then one for each channel.
    auto of_channel = [&](ValueId v) {
        if (r.opset < 21) v = m.expand(m.reshape(v, {groups, 1}), {groups, x[1] / groups});
        return per_channel(m, v, std::ssize(x));
    };
    return {scale_and_shift(m, y, of_channel(r.operand(1)), of_channel(r.operand(2)))};
}

std::vector<ValueId> lp_normalization(NodeReader& r) {
    Compose m{r.b};
    require_float(r);
    const int64_t axis = normalized_axis(r.integer("axis", -1), r.rank(0)), p = r.integer("p", 2);
    check(p == 1 || p == 2, "p is {}, not 1 or 2", p);
    const ValueId x = r.operand(0);
    if (p == 1) return {m.div(x, m.reduce(op::ReduceSum, m.unary(op::Abs, x), {axis}, true))};
    return {m.div(x, m.unary(op::Sqrt, m.reduce(op::ReduceSum, m.unary(op::Square, x), {axis}, true)))};
}

std::vector<ValueId> mean_variance_normalization(NodeReader& r) {
    Compose m{r.b};
    require_float(r);
    Ints axes = r.integers("axes", Ints{0, 2, 3});
    for (int64_t& axis : axes) axis = normalized_axis(axis, r.rank(0));
    const ValueId centered = m.sub(r.operand(0), m.reduce(op::ReduceMean, r.operand(0), axes, true));
    const ValueId variance = m.reduce(op::ReduceMean, m.unary(op::Square, centered), axes, true);
    return {m.div(centered, m.add_number(m.unary(op::Sqrt, variance), 1e-9))};
}

std::vector<ValueId> lrn(NodeReader& r) {
    Compose m{r.b};
    require_float(r);
    check(r.rank(0) >= 2, "the input is {}, without channels", to_string(r.type(0)));
    const int64_t size = r.integer("size");
    check(size >= 1 && size < (1 << 16), "size is {}", size);
    const double alpha = r.real("alpha", 1e-4), beta = r.real("beta", 0.75), bias = r.real("bias", 1);
    const ValueId x = r.operand(0);
    if (size % 2 == 1 && r.rank(0) == 4) {
        const ValueId y =
            m.b.add(op::LRN, {to_channels_last(m.b, x)},
                    {{"radius", size / 2}, {"alpha", alpha / static_cast<double>(size)}, {"beta", beta}, {"bias", bias}});
        return {to_channels_first(m.b, y)};
    }
    supported(size <= 64, "a sum over {} channels", size);
    Ints before(m.shape(x).size(), 0), after(before);
    before[1] = (size - 1) / 2;
    after[1] = size - 1 - before[1];
    const ValueId squares = m.pad(m.unary(op::Square, x), before, after);
    const int64_t channels = m.shape(x)[1];
    ValueId sum = m.slice(squares, 1, 0, channels);
    for (int64_t k = 1; k < size; ++k) sum = m.add(sum, m.slice(squares, 1, k, k + channels));
    const ValueId base = m.add_number(m.scaled(sum, alpha / static_cast<double>(size)), bias);
    return {m.div(x, m.b.add(op::Pow, {base, m.number(beta, base)}))};
}

}  // namespace from_onnx

}  // namespace tinsmith

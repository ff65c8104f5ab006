// Normalisations, in the primitives that passes recognise again.
#include "frontend/compose/normalization.hpp"

#include "frontend/torch/operand.hpp"

#include <cmath>

namespace tinsmith::torch::from_torch {

namespace {

Ints range(int64_t from, int64_t to) {
    Ints out;
    for (int64_t i = from; i < to; ++i) out.push_back(i);
    return out;
}

// One number for each channel, shaped to broadcast over [N,C,spatial...].
ValueId per_channel(Compose& m, ValueId v, int64_t rank) {
    if (v == no_value) return v;
    Shape shape(static_cast<size_t>(rank) - 1, 1);
    shape[0] = m.b.type(v).elements();
    return m.reshape(v, shape);
}

void check_channels(NodeReader& r, ValueId v, int64_t channels) {
    if (v != no_value)
        check(r.b.type(v).elements() == channels, "{} parameters for {} channels", r.b.type(v).elements(), channels);
}

// Over [N, groups, ...]; scale and shift of each channel.
ValueId grouped(NodeReader& r, ValueId x, int64_t groups, double epsilon) {
    const Shape s = r.m.shape(x);
    const ValueId y = normalize_groups(r.m, x, groups, epsilon);
    const ValueId weight = r.tensor_or_none("weight"), bias = r.tensor_or_none("bias");
    check_channels(r, weight, s[1]);
    check_channels(r, bias, s[1]);
    const int64_t rank = std::ssize(s);
    return scale_and_shift(r.m, y, per_channel(r.m, weight, rank), per_channel(r.m, bias, rank));
}

Ints normalized_dims(NodeReader& r, int64_t rank) {
    const auto count = std::ssize(r.integers("normalized_shape"));
    check(count >= 1 && count <= rank, "normalized_shape has {} numbers for {} dimensions", count, rank);
    return range(rank - count, rank);
}

}  // namespace

std::vector<ValueId> batch_norm(NodeReader& r) {
    const ValueId x = float_operand(r, "input"), weight = r.tensor_or_none("weight"), bias = r.tensor_or_none("bias");
    const int64_t rank = std::ssize(r.m.shape(x));
    check(rank >= 2, "the input is {}, without channels", to_string(r.b.type(x)));
    const int64_t channels = r.m.shape(x)[1];
    const bool training = r.flag("training", false) || r.flag("train", false);
    ValueId mean = r.tensor_or_none("running_mean"), variance = r.tensor_or_none("running_var");
    supported(!training || mean == no_value, "it takes the statistics of the batch; export the model in eval mode");
    for (ValueId v : {weight, bias, mean, variance}) check_channels(r, v, channels);
    const double epsilon = r.real("eps", 1e-5);
    if (mean == no_value || variance == no_value) {
        Ints all = range(2, rank);
        all.insert(all.begin(), 0);
        const ValueId y = normalize(r.m, x, all, epsilon).y;
        return {scale_and_shift(r.m, y, per_channel(r.m, weight, rank), per_channel(r.m, bias, rank))};
    }
    ValueId scale = r.m.unary(op::Rsqrt, r.m.add_number(variance, epsilon));
    if (weight != no_value) scale = r.m.mul(weight, scale);
    ValueId shift = r.m.mul(mean, scale);
    shift = bias != no_value ? r.m.sub(bias, shift) : r.m.unary(op::Neg, shift);
    return {scale_and_shift(r.m, x, per_channel(r.m, scale, rank), per_channel(r.m, shift, rank))};
}

std::vector<ValueId> instance_norm(NodeReader& r) {
    const ValueId x = float_operand(r, "input"), weight = r.tensor_or_none("weight"), bias = r.tensor_or_none("bias");
    const int64_t rank = std::ssize(r.m.shape(x));
    check(rank >= 3, "the input is {}, without spatial axes", to_string(r.b.type(x)));
    if (!r.flag("use_input_stats", true)) return batch_norm(r);
    const ValueId y = normalize(r.m, x, range(2, rank), r.real("eps", 1e-5)).y;
    return {scale_and_shift(r.m, y, per_channel(r.m, weight, rank), per_channel(r.m, bias, rank))};
}

std::vector<ValueId> layer_norm(NodeReader& r) {
    const ValueId x = float_operand(r, "input");
    const Ints dims = normalized_dims(r, std::ssize(r.m.shape(x)));
    const Normalized n = normalize(r.m, x, dims, r.real("eps", 1e-5));
    return {scale_and_shift(r.m, n.y, r.tensor_or_none("weight"), r.tensor_or_none("bias")), n.mean, n.inverse_deviation};
}

std::vector<ValueId> rms_norm(NodeReader& r) {
    const ValueId x = float_operand(r, "input");
    const Ints dims = normalized_dims(r, std::ssize(r.m.shape(x)));
    const ValueId mean = r.m.reduce(op::ReduceMean, r.m.unary(op::Square, x), dims, true);
    const double epsilon = r.real("eps", std::ldexp(1.0, -23));  // the type's own
    const ValueId inverse = r.m.unary(op::Rsqrt, r.m.add_number(mean, epsilon));
    return {scale_and_shift(r.m, r.m.mul(x, inverse), r.tensor_or_none("weight"), no_value), inverse};
}

std::vector<ValueId> group_norm(NodeReader& r) {
    return {grouped(r, float_operand(r, "input"), r.integer("num_groups"), r.real("eps", 1e-5))};
}
std::vector<ValueId> native_group_norm(NodeReader& r) {
    return {grouped(r, float_operand(r, "input"), r.integer("group"), r.real("eps", 1e-5))};
}

namespace {

ValueId norm_of(NodeReader& r, const Formula& x, double p, const Ints& dims, bool keep) {
    auto sum = [&](const Formula& v) { return formula(r, r.m.reduce(op::ReduceSum, v, dims, keep)); };
    if (p == INFINITY) return r.m.reduce(op::ReduceMax, abs(x), dims, keep);
    if (p == -INFINITY) return r.m.reduce(op::ReduceMin, abs(x), dims, keep);
    if (p == 0) return sum(cast(x != 0, DType::f32));
    if (p == 1) return sum(abs(x));
    if (p == 2) return sqrt(sum(square(x)));
    return pow(sum(pow(abs(x), p)), 1 / p);
}

}  // namespace

std::vector<ValueId> vector_norm(NodeReader& r) {
    const Formula x = real_input(r, r.has("self") ? "self" : "x");
    const double p = r.real("ord", r.real("p", 2));
    const Ints dims = r.axes("dim", std::ssize(r.m.shape(x)));
    if (r.m.shape(x).empty()) return {abs(x)};
    return {norm_of(r, x, p, dims, r.flag("keepdim", false))};
}

// Of vectors, and Frobenius's of matrices, which is that of their elements.
std::vector<ValueId> linalg_norm(NodeReader& r) {
    const Formula x = real_input(r, "self");
    const bool number = r.is_number("ord");
    const std::string name = number ? "" : r.text("ord", "fro");
    supported(number || name == "fro", "the norm '{}' of matrices", name);
    const Ints dims = r.axes("dim", std::ssize(r.m.shape(x)));
    supported(!number || dims.size() == 1, "a norm of matrices other than Frobenius's");
    if (r.m.shape(x).empty()) return {abs(x)};
    return {norm_of(r, x, number ? r.real("ord") : 2, dims, r.flag("keepdim", false))};
}

// v g / |v|, the length over all dimensions but `dim`; of everything where that is -1.
std::vector<ValueId> weight_norm(NodeReader& r) {
    const Formula v = real_input(r, "v"), g = real_input(r, "g");
    const int64_t rank = std::ssize(r.m.shape(v)), kept = r.integer("dim", 0);
    check(rank >= 1 && kept >= -1 && kept < rank, "dimension {} of {}", kept, rank);
    Ints dims = range(0, rank);
    if (kept >= 0) dims.erase(dims.begin() + kept);
    const Formula length = dims.empty() ? abs(v) : formula(r, norm_of(r, v, 2, dims, true));
    return {v * (g / length), length};
}

// The distances of each row of x1 from each row of x2.
std::vector<ValueId> cdist(NodeReader& r) {
    const Formula a = real_input(r, "x1"), b = real_input(r, "x2");
    Shape of_a = r.m.shape(a), of_b = r.m.shape(b);
    check(of_a.size() >= 2 && of_b.size() >= 2, "rows of {} and {}", to_string(of_a), to_string(of_b));
    of_a.insert(of_a.end() - 1, 1);
    of_b.insert(of_b.end() - 2, 1);
    const Formula d = formula(r, r.m.reshape(a, of_a)) - formula(r, r.m.reshape(b, of_b));
    return {norm_of(r, d, r.real("p", 2), {std::ssize(r.m.shape(d)) - 1}, false)};
}

// The sum over x1 x2 by the product of their lengths, neither below eps.
std::vector<ValueId> cosine_similarity(NodeReader& r) {
    const Formula a = real_input(r, "x1"), b = real_input(r, "x2");
    const Shape both = broadcast(r.m.shape(a), r.m.shape(b));
    const int64_t axis = r.axis("dim", std::ssize(both), 1);
    const double eps = r.real("eps", 1e-8);
    const Formula x = formula(r, r.m.expand(a, both)), y = formula(r, r.m.expand(b, both));
    const Formula product = formula(r, r.m.reduce(op::ReduceSum, x * y, {axis}, false));
    const Formula of_x = formula(r, norm_of(r, x, 2, {axis}, false)), of_y = formula(r, norm_of(r, y, 2, {axis}, false));
    return {product / (max(of_x, eps) * max(of_y, eps))};
}

// |x1 - x2 + eps| over the last dimension.
std::vector<ValueId> pairwise_distance(NodeReader& r) {
    const Formula d = real_input(r, "x1") - real_input(r, "x2") + r.real("eps", 1e-6);
    return {norm_of(r, d, r.real("p", 2), {std::ssize(r.m.shape(d)) - 1}, r.flag("keepdim", false))};
}

}  // namespace tinsmith::torch::from_torch

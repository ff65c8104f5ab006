// Layers with several inputs.
#include "frontend/keras/layers.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith::keras {

namespace {

// Inputs of lower rank get axes of extent 1 behind the batch.
std::vector<ValueId> of_equal_rank(LayerReader& r) {
    size_t rank = 0;
    for (ValueId x : r.in) rank = std::max(rank, r.m.shape(x).size());
    std::vector<ValueId> out;
    for (ValueId x : r.in) {
        Shape s = r.m.shape(x);
        if (!s.empty() && s.size() < rank) s.insert(s.begin() + 1, rank - s.size(), 1);
        out.push_back(r.m.reshape(x, s));
    }
    return out;
}

// x / sqrt(max(sum of squares, 1e-12)) along an axis.
ValueId unit_length(Compose& m, ValueId x, int64_t axis) {
    const ValueId sum = m.reduce(op::ReduceSum, m.unary(op::Square, x), {axis}, true);
    return m.mul(x, m.unary(op::Rsqrt, m.max(sum, m.number(1e-12, sum))));
}

// x as [batch, others, axis], and the extents of the others.
ValueId as_matrix(Compose& m, ValueId x, int64_t axis, Shape& others) {
    const Shape s = m.shape(x);
    Ints perm;
    int64_t rows = 1;
    for (int64_t i = 0; i < static_cast<int64_t>(s.size()); ++i)
        if (i != axis) {
            perm.push_back(i);
            if (i == 0) continue;
            others.push_back(s[static_cast<size_t>(i)]);
            rows *= others.back();
        }
    perm.push_back(axis);
    return m.reshape(m.transpose(x, perm), {s[0], rows, s[static_cast<size_t>(axis)]});
}

}  // namespace

std::vector<ValueId> merge(LayerReader& r) {
    check(!r.in.empty(), "it has no inputs");
    Compose& m = r.m;
    const std::string kind = r.kind();
    const std::vector<ValueId> in = of_equal_rank(r);
    check(kind != "Subtract" || in.size() == 2, "it subtracts {} inputs", in.size());
    const OpDef& op = kind == "Subtract"   ? op::Sub
                      : kind == "Multiply" ? op::Mul
                      : kind == "Maximum"  ? op::Max
                      : kind == "Minimum"  ? op::Min
                                           : op::Add;
    ValueId y = in[0];
    for (size_t i = 1; i < in.size(); ++i) y = m.b.add(op, {y, in[i]});
    if (kind == "Average") y = m.div(y, m.number(static_cast<double>(in.size()), y));
    return {y};
}

std::vector<ValueId> concatenate(LayerReader& r) {
    check(!r.in.empty(), "it has no inputs");
    return {r.m.concat(r.in, normalized_axis(r.integer("axis", -1), r.rank()))};
}

// Sums over one axis of each: [batch, others of the first..., others of the second...].
std::vector<ValueId> dot(LayerReader& r) {
    check(r.in.size() == 2 && r.rank(0) >= 2 && r.rank(1) >= 2, "it takes two inputs of at least two dimensions");
    Compose& m = r.m;
    Ints axes = r.list("axes", 2);
    for (size_t i = 0; i < 2; ++i) {
        axes[i] = normalized_axis(axes[i], r.rank(i));
        supported(axes[i] > 0, "a sum over the batch");
    }
    const Shape first = r.shape(0), second = r.shape(1);
    check(first[static_cast<size_t>(axes[0])] == second[static_cast<size_t>(axes[1])] && first[0] == second[0],
          "inputs of shape {} and {} along axes {} and {}", to_string(first), to_string(second), axes[0], axes[1]);
    ValueId a = r.input(0), b = r.input(1);
    if (r.flag("normalize", false)) {
        a = unit_length(m, a, axes[0]);
        b = unit_length(m, b, axes[1]);
    }
    Shape out{first[0]}, others;
    a = as_matrix(m, a, axes[0], others);
    b = as_matrix(m, b, axes[1], others);
    out.insert(out.end(), others.begin(), others.end());
    if (out.size() == 1) out.push_back(1);
    return {m.reshape(m.b.add(op::MatMul, {a, b}, {{"adj_y", true}}), out)};
}

}  // namespace tinsmith::keras

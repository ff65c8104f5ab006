// Pools: over windows, over everything, to a stated size.
#include "frontend/compose/window.hpp"
#include "frontend/keras/layers.hpp"
#include "frontend/keras/masks.hpp"

#include <numeric>

namespace tinsmith::keras {

namespace {

bool is_max(const LayerReader& r) { return r.kind().find("Max") != std::string::npos; }

// Windows of different sizes along one axis: output i covers floor(i n / m) to ceil((i + 1) n / m).
ValueId adapt_axis(Compose& m, const OpDef& op, ValueId x, int64_t axis, int64_t wanted) {
    const int64_t n = m.shape(x)[static_cast<size_t>(axis)];
    check(wanted >= 1, "an output of {} cells", wanted);
    supported(wanted <= 4096, "a pool to {} cells", wanted);
    if (wanted == n) return x;
    std::vector<ValueId> parts;
    for (int64_t i = 0; i < wanted; ++i)
        parts.push_back(m.reduce(op, m.slice(x, axis, i * n / wanted, ((i + 1) * n + wanted - 1) / wanted), {axis}, true));
    return m.concat(std::move(parts), axis);
}

// The mean of the steps that count.
ValueId mean_of_steps(LayerReader& r, ValueId mask) {
    Compose& m = r.m;
    const int64_t steps = r.channels_first() ? 2 : 1;
    check(r.rank() == 3 && m.shape(mask).size() == 2, "a mask of shape {} for an input of shape {}", to_string(m.shape(mask)),
          to_string(r.shape()));
    Shape along = m.shape(mask);
    along.insert(along.begin() + (steps == 1 ? 2 : 1), 1);
    const ValueId counts = m.reshape(m.cast(mask, m.dtype(r.input())), along);
    const bool keep = r.flag("keepdims", false);
    return m.div(m.reduce(op::ReduceSum, m.mul(r.input(), counts), {steps}, keep),
                 m.reduce(op::ReduceSum, counts, {steps}, keep));
}

}  // namespace

std::vector<ValueId> pool(LayerReader& r) {
    check(r.rank() >= 3 && r.rank() <= 5, "the input has shape {}", to_string(r.shape()));
    const size_t n = static_cast<size_t>(r.rank()) - 2;
    const std::string padding = r.text("padding", "valid");
    check(padding == "valid" || padding == "same", "'padding' is '{}'", padding);
    const ValueId x = to_channels_last(r, r.input());
    const Ints size = r.list("pool_size", n, 2);
    const Window w = window_over(r.m.shape(x), size, r.has("strides") ? r.list("strides", n) : size, Ints(n, 1),
                                 padding == "same" ? Padding::same : Padding::valid);
    return {from_channels_last(r, pool_last(r.m, is_max(r) ? op::MaxPool : op::AveragePool, x, w))};
}

std::vector<ValueId> global_pool(LayerReader& r) {
    check(r.rank() >= 3 && r.rank() <= 5, "the input has shape {}", to_string(r.shape()));
    if (r.kind() == "GlobalAveragePooling1D")
        if (const ValueId mask = mask_of(r); mask != no_value) return {mean_of_steps(r, mask)};
    Ints axes(static_cast<size_t>(r.rank()) - 2);
    std::iota(axes.begin(), axes.end(), r.channels_first() ? 2 : 1);
    return {r.m.reduce(is_max(r) ? op::ReduceMax : op::ReduceMean, r.input(), axes, r.flag("keepdims", false))};
}

std::vector<ValueId> adaptive_pool(LayerReader& r) {
    check(r.rank() >= 3 && r.rank() <= 5, "the input has shape {}", to_string(r.shape()));
    const size_t n = static_cast<size_t>(r.rank()) - 2;
    const Ints wanted = r.list("output_size", n);
    ValueId x = r.input();
    for (size_t i = 0; i < n; ++i)
        x = adapt_axis(r.m, is_max(r) ? op::ReduceMax : op::ReduceMean, x,
                       static_cast<int64_t>(i) + (r.channels_first() ? 2 : 1), wanted[i]);
    return {x};
}

}  // namespace tinsmith::keras

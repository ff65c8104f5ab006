// MaxPool, with the places of the maxima where the model asks for them, and MaxUnpool.
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/pool.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

// The position of every element of an [N,C,spatial...] tensor as ONNX counts it: row by row, or with the spatial axes reversed.
ValueId positions(Compose& m, const Shape& shape, bool column_major) {
    std::vector<int64_t> at(static_cast<size_t>(element_count(shape)));
    const Shape spatial(shape.begin() + 2, shape.end());
    const int64_t plane = element_count(spatial);
    for (size_t i = 0; i < at.size(); ++i) {
        int64_t rest = static_cast<int64_t>(i) % plane, step = 1, reversed = 0;
        Ints index(spatial.size());
        for (size_t d = spatial.size(); d-- > 0; rest /= spatial[d]) index[d] = rest % spatial[d];
        for (size_t d = 0; d < spatial.size(); step *= spatial[d++]) reversed += index[d] * step;
        at[i] = static_cast<int64_t>(i) / plane * plane + (column_major ? reversed : static_cast<int64_t>(i) % plane);
    }
    return m.b.longs(std::move(at), shape);
}

// Cell by cell of the window: where x is larger than the best so far, it and its position take over.
std::vector<ValueId> pool_with_places(Compose& m, ValueId x, const SpatialWindow& w, bool column_major) {
    const Shape shape = m.shape(x);
    const int64_t cells = element_count(w.kernel);
    supported(cells <= 64, "the positions of maxima in windows of {} cells; TFLite has no such operator", cells);
    supported(element_count(shape) <= (1 << 22), "the positions of maxima in a tensor of shape {}", to_string(shape));
    ValueId place = positions(m, shape, column_major);
    Ints before{0, 0}, after{0, 0};
    for (size_t i = 0; i < w.axes(); ++i) {
        before.push_back(w.before[i]);
        after.push_back(w.after[i] + w.overhang[i]);
    }
    x = m.pad(x, before, after, lowest(m.dtype(x)));
    place = m.pad(place, before, after);
    ValueId best = no_value, where = no_value;
    for (int64_t cell = 0; cell < cells; ++cell) {
        ValueId value = x, at = place;
        int64_t rest = cell;
        for (size_t i = w.axes(); i-- > 0; rest /= w.kernel[i]) {
            const int64_t start = rest % w.kernel[i] * w.dilations[i], span = (w.out[i] - 1) * w.strides[i] + 1;
            const int64_t axis = static_cast<int64_t>(i) + 2;
            value = m.slice(value, axis, start, start + span, w.strides[i]);
            at = m.slice(at, axis, start, start + span, w.strides[i]);
        }
        where = cell == 0 ? at : m.b.add(op::Where, {m.b.add(op::Greater, {value, best}), at, where});
        best = cell == 0 ? value : m.max(best, value);
    }
    return {best, where};
}

}  // namespace

std::vector<ValueId> max_pool(NodeReader& r) {
    Compose m{r.b};
    const bool column_major = r.integer("storage_order", 0) != 0;
    const PoolInput p = pool_input(r, m);
    if (r.wants(1)) {
        auto results = pool_with_places(m, p.x, p.window, column_major);
        return {p.without_added_axis(m, results[0]), p.without_added_axis(m, results[1])};
    }
    ValueId y;
    if (p.window.dilated() || m.dtype(p.x) == DType::i32)
        y = pool_by_slices(m, op::Max, p.x, p.window, lowest(m.dtype(p.x)));
    else
        y = to_channels_first(m.b, pool_channels_last(m, op::MaxPool, to_channels_last(m.b, p.x), p.window));
    return {p.without_added_axis(m, y)};
}

std::vector<ValueId> max_unpool(NodeReader& r) {
    Compose m{r.b};
    const Shape x = r.shape(0);
    const Ints kernel = pool_kernel(r);
    const size_t n = kernel.size();
    const Ints strides = r.integers("strides", Ints(n, 1)), pads = r.integers("pads", Ints(2 * n, 0));
    check(strides.size() == n && pads.size() == 2 * n && r.shape(1) == x, "strides, pads or indices do not fit the input");
    Shape out(x);
    for (size_t i = 0; i < n; ++i) {
        supported(strides[i] >= kernel[i], "windows of {} cells every {} may share maxima; TFLite adds what meets in one place",
                  kernel[i], strides[i]);
        check(kernel[i] >= 1 && strides[i] < (int64_t{1} << 31) && pads[i] >= 0 && pads[i + n] >= 0, "strides or pads");
        out[i + 2] = (x[i + 2] - 1) * strides[i] - pads[i] - pads[i + n] + kernel[i];
    }
    const int64_t count = r.type(0).elements();
    // Positions count within `out`, whatever the final shape is.
    const ValueId at = m.reshape(m.cast(r.operand(1), DType::i32), {count, 1});
    const int64_t total = element_count(out);
    check(total < INT32_MAX, "an output of shape {}", to_string(out));
    ValueId y = m.reshape(m.b.add(op::ScatterND, {at, m.reshape(r.operand(0), {count})}, {{"shape", Ints{total}}}), out);
    const bool declared = r.has(2) && !r.is_constant(2) && !r.declared.empty() && r.declared[0];
    if (auto wanted = declared ? std::optional<Ints>(r.declared[0]->shape) : r.constant_ints(2)) {
        check(wanted->size() == out.size(), "the output shape has {} numbers", wanted->size());
        Ints after(out.size());
        for (size_t i = 0; i < out.size(); ++i) {
            after[i] = (*wanted)[i] - out[i];
            check(after[i] >= 0, "the output shape is smaller than what the pool implies, {}", to_string(out));
        }
        y = m.pad(y, Ints(out.size(), 0), after);
    }
    return {y};
}

}  // namespace tinsmith::from_onnx

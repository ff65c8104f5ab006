#include "frontend/compose/compose.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

ValueId Compose::reshape(ValueId x, Shape to) {
    return shape(x) == to ? x : b.add(op::Reshape, {x}, {{"shape", Ints(std::move(to))}});
}

ValueId Compose::transpose(ValueId x, Ints perm) {
    return std::is_sorted(perm.begin(), perm.end()) ? x : b.add(op::Transpose, {x}, {{"perm", std::move(perm)}});
}

ValueId Compose::slice(ValueId x, int64_t axis, int64_t start, int64_t end, int64_t step) {
    const Shape& from = shape(x);
    if (start == 0 && end == from[axis] && step == 1) return x;
    Ints starts(from.size(), 0), ends(from), steps(from.size(), 1);
    starts[axis] = start;
    ends[axis] = end;
    steps[axis] = step;
    return b.add(op::Slice, {x}, {{"starts", std::move(starts)}, {"ends", std::move(ends)}, {"steps", std::move(steps)}});
}

ValueId Compose::concat(std::vector<ValueId> parts, int64_t axis) {
    return parts.size() == 1 ? parts[0] : b.add(op::Concat, std::move(parts), {{"axis", axis}});
}

std::vector<ValueId> Compose::split(ValueId x, int64_t axis, Ints sizes) {
    if (sizes.size() == 1) return {x};
    return b.add_all(op::Split, {x}, {{"axis", axis}, {"sizes", std::move(sizes)}});
}

ValueId Compose::pad(ValueId x, Ints before, Ints after, double value) {
    auto zero = [](int64_t n) { return n == 0; };
    if (std::all_of(before.begin(), before.end(), zero) && std::all_of(after.begin(), after.end(), zero)) return x;
    return b.add(op::Pad, {x}, {{"before", std::move(before)}, {"after", std::move(after)}, {"value", value}});
}

ValueId Compose::expand(ValueId x, const Shape& to) {
    return shape(x) == to ? x : b.add(op::Expand, {x}, {{"shape", Ints(to)}});
}

ValueId Compose::cast(ValueId x, DType to) {
    return dtype(x) == to ? x : b.add(op::Cast, {x}, {{"to", std::string(dtype_name(to))}});
}

ValueId Compose::reduce(const OpDef& op, ValueId x, Ints axes, bool keepdims) {
    return b.add(op, {x}, {{"axes", std::move(axes)}, {"keepdims", keepdims}});
}

ValueId Compose::clamp(ValueId x, double low, double high) { return min(max(x, number(low, x)), number(high, x)); }

bool is_zero(const Graph& graph, ValueId id) {
    if (!graph.is_constant(id) || graph.type(id).dtype != DType::f32) return false;
    const std::vector<float> values = graph.constant_floats(id);
    return std::all_of(values.begin(), values.end(), [](float value) { return value == 0; });
}

}  // namespace tinsmith

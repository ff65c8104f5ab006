#include "frontend/compose/stack.hpp"

#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

ValueId take_step(Builder& b, ValueId x, int64_t axis, int64_t index) {
    Shape shape = b.shape(x);
    auto at = static_cast<size_t>(normalized_axis(axis, static_cast<int64_t>(shape.size())));
    check(index >= 0 && index < shape[at], "there is no step {} along axis {} of {}", index, axis, to_string(shape));
    Ints starts(shape.size(), 0), ends = shape, steps(shape.size(), 1);
    starts[at] = index;
    ends[at] = index + 1;
    ValueId step =
        b.add(op::Slice, {x}, {{"starts", std::move(starts)}, {"ends", std::move(ends)}, {"steps", std::move(steps)}});
    shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(at));
    return b.add(op::Reshape, {step}, {{"shape", std::move(shape)}});
}

ValueId stack_steps(Builder& b, const std::vector<ValueId>& steps, int64_t axis) {
    Shape shape = b.shape(steps[0]);
    axis = normalized_axis(axis, static_cast<int64_t>(shape.size()) + 1);
    Shape wide = shape;
    wide.insert(wide.begin() + axis, 1);
    std::vector<ValueId> parts;
    for (ValueId step : steps) {
        supported(b.shape(step) == shape, "its steps give results of different shapes, {} and {}", to_string(shape),
                  to_string(b.shape(step)));
        parts.push_back(b.add(op::Reshape, {step}, {{"shape", wide}}));
    }
    return parts.size() == 1 ? parts[0] : b.add(op::Concat, std::move(parts), {{"axis", axis}});
}

}  // namespace tinsmith

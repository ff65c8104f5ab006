#include "frontend/compose/indices.hpp"

#include "frontend/compose/compose.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith {

Ints normalized_axes(Ints axes, int64_t rank) {
    for (int64_t& axis : axes) axis = normalized_axis(axis, rank);
    Ints sorted = axes;
    std::sort(sorted.begin(), sorted.end());
    check(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), "an axis is named twice");
    return axes;
}

Ints iota(int64_t count) {
    Ints all(static_cast<size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

ValueId integers(Builder& b, const Ints& values, Shape shape, DType dtype) {
    return Compose(b).cast(b.longs(values, std::move(shape)), dtype);
}

ValueId from_the_front(Builder& b, ValueId indices, const Ints& extents) {
    DType dtype = b.type(indices).dtype;
    if (dtype != DType::i32 && dtype != DType::i64) indices = Compose(b).cast(indices, dtype = DType::i32);
    if (b.graph.is_constant(indices)) {
        Ints list = b.graph.constant_ints(indices);
        for (size_t i = 0; i < list.size(); ++i)
            if (list[i] < 0) list[i] += extents[i % extents.size()];
        return integers(b, list, b.shape(indices), dtype);
    }
    Ints divisors = extents;
    for (int64_t& n : divisors) n = std::max<int64_t>(n, 1);
    Shape shape = divisors.size() == 1 ? Shape{} : Shape{std::ssize(divisors)};
    return b.add(op::FloorMod, {indices, integers(b, divisors, shape, dtype)});
}

ValueId flat_positions(Builder& b, ValueId indices, const Shape& data, int64_t axis) {
    Compose c(b);
    const Shape at = c.shape(indices);
    Ints base(static_cast<size_t>(element_count(at)), 0);
    int64_t stride = 1, along = 1, count = std::ssize(base);
    supported(element_count(data) <= INT32_MAX, "indexing a tensor of {} elements", element_count(data));
    for (size_t d = data.size(), inner = 1; d-- > 0;
         stride *= data[d], inner *= static_cast<size_t>(std::max<int64_t>(at[d], 1))) {
        if (static_cast<int64_t>(d) == axis) {
            along = stride;
            continue;
        }
        for (size_t i = 0; i < base.size(); ++i) base[i] += static_cast<int64_t>(i / inner) % at[d] * stride;
    }
    ValueId flat = c.scaled(c.reshape(indices, {count}), static_cast<double>(along));
    return std::all_of(base.begin(), base.end(), [](int64_t i) { return i == 0; })
               ? flat
               : c.add(flat, integers(b, base, {count}, c.dtype(flat)));
}

ValueId to_i32(Builder& b, ValueId x) {
    Compose c(b);
    if (c.dtype(x) == DType::i64) x = c.max(c.min(x, c.number(INT32_MAX, x)), c.number(INT32_MIN, x));
    return c.cast(x, DType::i32);
}

}  // namespace tinsmith

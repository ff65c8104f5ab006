// Shapes, and what they compute: static here, so all of it folds.
#include "frontend/compose/compose.hpp"
#include "frontend/tensorflow/element.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <cmath>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

DType out_type(NodeReader& r) {
    return dtype_of(static_cast<DataType>(r.integer("out_type", static_cast<int64_t>(DataType::i32))));
}

// The only element.
double real(NodeReader& r, size_t i) {
    const std::vector<float> values = r.floats(i);
    check(values.size() == 1, "input {} should be one number, it has {} elements", i, values.size());
    return values[0];
}

}  // namespace

// One result for each operand (ShapeN).
std::vector<Operand> shape(NodeReader& r) {
    std::vector<Operand> out;
    for (size_t i = 0; i < r.in.size(); ++i) out.push_back(integers(r.b, r.shape(i), {r.rank(i)}, out_type(r)));
    return out;
}

std::vector<Operand> size(NodeReader& r) { return {integers(r.b, {r.type(0).elements()}, {}, out_type(r))}; }
std::vector<Operand> rank(NodeReader& r) { return {integers(r.b, {r.rank(0)}, {}, DType::i32)}; }

std::vector<Operand> fill(NodeReader& r) {
    Compose m{r.b};
    const Shape to = r.ints(0);
    for (int64_t extent : to) check(extent >= 0, "a shape with the extent {}", extent);
    if (!r.is_constant(1)) return {m.expand(r.operand(1), to)};
    check(r.type(1).elements() == 1, "the value is {}", to_string(r.type(1)));
    const Type type{r.type(1).dtype, to, std::nullopt};
    const Buffer& data = *r.b.graph.value(r.operand(1)).data;
    return {r.b.constant(type, Buffer::splat(data.bytes(), type.bytes()))};
}

std::vector<Operand> empty(NodeReader& r) {
    const Shape to = r.ints(0);
    for (int64_t extent : to) check(extent >= 0, "a shape with the extent {}", extent);
    return {r.b.splat(0, {r.dtype("dtype"), to, {}})};
}

// Where each of several shapes begins along an axis.
std::vector<Operand> concat_offset(NodeReader& r) {
    std::vector<Operand> out;
    int64_t sum = 0;
    for (size_t i = 1; i < r.in.size(); ++i) {
        const Ints shape = r.ints(i);
        const int64_t rank = std::ssize(shape);
        const auto axis = static_cast<size_t>(normalized_axis(r.integer(0), rank));
        Ints offset(shape.size(), 0);
        offset[axis] = sum;
        sum += shape[axis];
        out.emplace_back(integers(r.b, offset, {rank}, r.type(i).dtype));
    }
    return out;
}

std::vector<Operand> range(NodeReader& r) {
    constexpr int64_t most = int64_t{1} << 24, exact = int64_t{1} << 53;
    const DType dtype = r.type(0).dtype;
    if (is_float(dtype)) {
        const double start = real(r, 0), limit = real(r, 1), delta = real(r, 2);
        const double count = delta == 0 ? -1 : std::ceil((limit - start) / delta);
        check(count >= 0 && count <= most, "a range from {} to {} in steps of {}", start, limit, delta);
        std::vector<float> values(static_cast<size_t>(count));
        for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(start + static_cast<double>(i) * delta);
        return {r.b.floats(std::move(values), {static_cast<int64_t>(count)})};
    }
    const int64_t start = r.integer(0), limit = r.integer(1), delta = r.integer(2);
    for (int64_t n : {start, limit, delta}) check(n > -exact && n < exact, "a range with the number {}", n);
    check(delta != 0, "a range in steps of 0");
    const double count =
        std::max(0.0, std::ceil((static_cast<double>(limit) - static_cast<double>(start)) / static_cast<double>(delta)));
    check(count <= most, "a range of {} numbers", count);
    Ints values(static_cast<size_t>(count));
    for (size_t i = 0; i < values.size(); ++i) values[i] = start + static_cast<int64_t>(i) * delta;
    const int64_t extent = std::ssize(values);
    return {integers(r.b, values, {extent}, dtype)};
}

std::vector<Operand> lin_space(NodeReader& r) {
    const double start = real(r, 0), stop = real(r, 1);
    const int64_t count = r.integer(2);
    check(count >= 1 && count < int64_t{1} << 24, "{} numbers", count);
    std::vector<float> values(static_cast<size_t>(count), static_cast<float>(start));
    for (int64_t i = 1; i < count; ++i)
        values[static_cast<size_t>(i)] =
            static_cast<float>(start + (stop - start) * static_cast<double>(i) / static_cast<double>(count - 1));
    return {r.b.floats(std::move(values), {count})};
}

std::vector<Operand> broadcast_args(NodeReader& r) {
    const Shape both = broadcast(r.ints(0), r.ints(1));
    return {integers(r.b, both, {std::ssize(both)}, r.type(0).dtype)};
}

std::vector<Operand> invert_permutation(NodeReader& r) {
    const Ints perm = normalized_axes(r.ints(0), r.type(0).elements());
    Ints inverse(perm.size());
    for (size_t i = 0; i < perm.size(); ++i) inverse[static_cast<size_t>(perm[i])] = static_cast<int64_t>(i);
    return {integers(r.b, inverse, {std::ssize(inverse)}, r.type(0).dtype)};
}

}  // namespace tinsmith::tensorflow::from_tensorflow

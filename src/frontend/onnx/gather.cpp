// Operators that read where indices say. Indices may count from the end; those known at run time are brought to the front by a
// modulo.
#include "frontend/compose/scatter.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

std::vector<ValueId> gather(NodeReader& r) {
    int64_t axis = normalized_axis(r.integer("axis", 0), r.rank(0));
    ValueId indices = from_the_front(r.b, r.operand(1), {r.shape(0)[static_cast<size_t>(axis)]});
    return {r.b.add(op::Gather, {r.operand(0), indices}, {{"axis", axis}})};
}

std::vector<ValueId> gather_elements(NodeReader& r) {
    Compose c(r.b);
    return {tinsmith::gather_elements(c, r.operand(0), r.operand(1), r.integer("axis", 0))};
}

std::vector<ValueId> gather_nd(NodeReader& r) {
    Compose c(r.b);
    const Shape in = r.shape(0), at = r.shape(1);
    check(!at.empty() && at.back() >= 1, "indices {} hold no coordinates", to_string(at));
    int64_t batch = r.integer("batch_dims", 0), depth = at.back();
    check(batch >= 0 && batch < std::ssize(at) && batch + depth <= std::ssize(in),
          "batch_dims {} and indices {} do not fit data {}", batch, to_string(at), to_string(in));
    for (int64_t d = 0; d < batch; ++d)
        check(in[static_cast<size_t>(d)] == at[static_cast<size_t>(d)], "indices {} and data {} differ in batch dimension {}",
              to_string(at), to_string(in), d);
    ValueId indices = from_the_front(r.b, r.operand(1), {in.begin() + batch, in.begin() + batch + depth});
    std::vector<ValueId> coordinates;
    Shape one(at.begin(), at.end() - 1);
    one.push_back(1);
    for (int64_t d = 0; d < batch; ++d) {  // the batch's own coordinates in front
        Shape along(one.size(), 1);
        along[static_cast<size_t>(d)] = one[static_cast<size_t>(d)];
        coordinates.push_back(c.expand(integers(r.b, iota(in[static_cast<size_t>(d)]), along, c.dtype(indices)), one));
    }
    coordinates.push_back(indices);
    return {r.b.add(op::GatherND, {r.operand(0), c.concat(coordinates, std::ssize(at) - 1)})};
}

std::vector<ValueId> one_hot(NodeReader& r) {
    Compose c(r.b);
    int64_t rank = r.rank(0), axis = normalized_axis(r.integer("axis", -1), rank + 1);
    const Shape* declared = declared_shape(r);
    int64_t depth = 0;
    if (!r.is_constant(1) && declared) {
        check(std::ssize(*declared) == rank + 1, "the output is declared as {} for indices {}", to_string(*declared),
              to_string(r.type(0)));
        depth = (*declared)[static_cast<size_t>(axis)];
    } else {
        r.operand(1);
        depth = scalar_int(r, 1, 0);
    }
    check(depth >= 1 && depth <= INT32_MAX, "the depth is {}", depth);
    ValueId values = r.operand(2);
    check(r.type(2).elements() == 2, "the values are {}, expected [off, on]", to_string(r.type(2)));
    // Only -depth..depth-1 name a class; a modulo alone would let others in.
    ValueId indices = r.operand(0);
    DType dtype = c.dtype(indices);
    if (dtype != DType::i64 && dtype != DType::i32)
        indices = c.cast(indices, dtype = is_float(dtype) || dtype_bits(dtype) > 16 ? DType::i64 : DType::i32);
    ValueId negative = r.b.add(op::Less, {indices, c.number(0, indices)});
    indices = r.b.add(op::Where, {negative, c.add_number(indices, static_cast<double>(depth)), indices});
    Attrs attrs{{"axis", axis}, {"depth", depth}};
    if (r.is_constant(2)) {
        std::vector<float> levels = r.b.graph.constant_floats(values);
        attrs.set("off", double{levels[0]});
        attrs.set("on", double{levels[1]});
        attrs.set("dtype", std::string(dtype_name(c.dtype(values))));
        return {r.b.add(op::OneHot, {indices}, attrs)};
    }
    attrs.set("dtype", std::string("bool"));
    ValueId hot = r.b.add(op::OneHot, {indices}, attrs), levels = c.reshape(values, {2});
    auto level = [&](int64_t i) { return c.reshape(c.slice(levels, 0, i, i + 1), {}); };
    ValueId on = level(1), off = level(0);
    return {r.b.add(op::Where, {hot, on, off})};
}

}  // namespace tinsmith::from_onnx

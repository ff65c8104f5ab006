// Operators that index.
#include "frontend/compose/compose.hpp"
#include "frontend/tensorflow/graph_reader.hpp"
#include "frontend/tensorflow/ops.hpp"

namespace tinsmith::tensorflow::from_tensorflow {

std::vector<Operand> gather(NodeReader& r) {
    const int64_t batch = r.integer("batch_dims", 0);
    const int64_t axis = r.has(2) ? normalized_axis(r.integer(2), r.rank(0)) : 0;
    return {r.b.add(op::Gather, {r.operand(0), r.operand(1)},
                    {{"axis", axis}, {"batch_dims", batch < 0 ? batch + r.rank(1) : batch}})};
}

std::vector<Operand> one_hot(NodeReader& r) {
    const int64_t axis = r.integer("axis", -1), depth = r.integer(1);
    check(depth >= 0 && depth < int64_t{1} << 31, "a depth of {}", depth);
    const std::vector<float> on = r.floats(2), off = r.floats(3);
    check(on.size() == 1 && off.size() == 1, "the values are {} and {} numbers", on.size(), off.size());
    return {r.b.add(op::OneHot, {r.operand(0)},
                    {{"axis", axis < 0 ? axis + r.rank(0) + 1 : axis},
                     {"depth", depth},
                     {"on", double{on[0]}},
                     {"off", double{off[0]}},
                     {"dtype", std::string(dtype_name(r.type(2).dtype))}})};
}

// How many of the boundaries x has reached.
std::vector<Operand> bucketize(NodeReader& r) {
    Compose m{r.b};
    auto value = r.attribute("boundaries");
    check(value && value->kind == AttributeValue::Kind::list, "attribute 'boundaries' is no list");
    std::vector<float> bounds = value->reals;
    const int64_t count = std::ssize(bounds);
    if (count == 0) return {r.b.splat(0, {DType::i32, r.shape(0), {}})};
    Shape apart = r.shape(0);
    apart.push_back(1);
    const ValueId x = m.reshape(m.cast(r.operand(0), DType::f32), apart);
    const ValueId reached = r.b.add(op::GreaterOrEqual, {x, r.b.floats(std::move(bounds), {count})});
    return {m.reduce(op::ReduceSum, m.cast(reached, DType::i32), {r.rank(0)}, false)};
}

std::vector<Operand> resource_gather_nd(NodeReader& r) {
    return {r.b.add(op::GatherND, {r.graph.variable(r.resource(0)), r.operand(1)})};
}

}  // namespace tinsmith::tensorflow::from_tensorflow

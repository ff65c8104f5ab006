// Operators that write where indices say.
#include "frontend/compose/scatter.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

namespace tinsmith::from_onnx {

std::vector<ValueId> scatter_elements(NodeReader& r) {
    Compose c(r.b);
    return {tinsmith::scatter_elements(c, r.operand(0), r.operand(1), r.operand(2), r.integer("axis", 0),
                                       r.text("reduction", "none"))};
}

std::vector<ValueId> scatter_nd(NodeReader& r) {
    Compose c(r.b);
    return {tinsmith::scatter_nd(c, r.operand(0), r.operand(1), r.operand(2), r.text("reduction", "none"))};
}

// A cache [batch, ..., length, ...] whose steps from write_indices[batch] on are replaced: each step of the result reads the
// update that falls on it, if one does.
std::vector<ValueId> tensor_scatter(NodeReader& r) {
    Compose c(r.b);
    const Shape cache = r.shape(0), update = r.shape(1);
    int64_t axis = normalized_axis(r.integer("axis", -2), r.rank(0));
    check(axis > 0 && update.size() == cache.size(), "an update {} along axis {} of {}", to_string(update), axis,
          to_string(cache));
    int64_t length = cache[static_cast<size_t>(axis)], steps = update[static_cast<size_t>(axis)], batch = cache[0];
    check(steps >= 1 && steps <= length, "an update of {} steps in a cache of {}", steps, length);
    std::string mode = r.text("mode", "linear");
    check(mode == "linear" || mode == "circular", "'mode' is '{}'", mode);
    ValueId start = r.has(2) ? to_i32(r.b, r.operand(2)) : r.b.splat(0, {DType::i32, {batch}, std::nullopt});
    check(c.shape(start) == Shape{batch}, "the write indices are {} for a batch of {}", to_string(c.shape(start)), batch);
    ValueId step = c.sub(integers(r.b, iota(length), {1, length}, DType::i32), c.reshape(start, {batch, 1}));
    if (mode == "circular") step = r.b.add(op::FloorMod, {step, c.number(static_cast<double>(length), step)});
    ValueId inside = c.clamp(step, 0, static_cast<double>(steps - 1));
    ValueId hit = r.b.add(op::Equal, {inside, step});
    ValueId read = r.b.add(op::Gather, {r.operand(1), inside}, {{"axis", axis}, {"batch_dims", int64_t{1}}});
    Shape mask(cache.size(), 1);
    mask[0] = batch;
    mask[static_cast<size_t>(axis)] = length;
    return {r.b.add(op::Where, {c.reshape(hit, mask), read, r.operand(0)})};
}

}  // namespace tinsmith::from_onnx

// Operators that write into a tensor at given places, and sums over segments.
#include "frontend/compose/formula.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <algorithm>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

Formula scattered(NodeReader& r, ValueId indices, ValueId updates, const Shape& shape) {
    return {r.b, r.b.add(op::ScatterND, {indices, updates}, {{"shape", shape}})};
}

// The rows of x summed into the rows that their ids name.
Formula summed(NodeReader& r, int64_t segments) {
    Compose m{r.b};
    const Ints ids = r.ints(1);
    check(r.rank(1) == 1 && r.rank(0) >= 1 && r.shape(0)[0] == std::ssize(ids), "{} ids for {}", ids.size(),
          to_string(r.type(0)));
    for (int64_t id : ids) check(id >= 0 && id < segments, "the id {} of {} segments", id, segments);
    Shape shape = r.shape(0);
    shape[0] = segments;
    return scattered(r, m.reshape(to_i32(r.b, r.operand(1)), {std::ssize(ids), 1}), r.operand(0), shape);
}

// Sorted ids from 0: as many segments as the last one says.
int64_t segments_of(NodeReader& r) {
    const Ints ids = r.ints(1);
    check(!ids.empty() && std::is_sorted(ids.begin(), ids.end()) && ids.front() >= 0 && ids.back() < int64_t{1} << 31,
          "the ids of the segments are not sorted");
    return ids.back() + 1;
}

}  // namespace

std::vector<Operand> scatter_nd(NodeReader& r) {
    return {r.b.add(op::ScatterND, {r.operand(0), r.operand(1)}, {{"shape", r.ints(2)}})};
}

std::vector<Operand> tensor_scatter_add(NodeReader& r) {
    return {Formula(r.b, r.operand(0)) + scattered(r, r.operand(1), r.operand(2), r.shape(0))};
}

std::vector<Operand> tensor_scatter_sub(NodeReader& r) {
    return {Formula(r.b, r.operand(0)) - scattered(r, r.operand(1), r.operand(2), r.shape(0))};
}

// What is written stands where something is.
std::vector<Operand> tensor_scatter_update(NodeReader& r) {
    const ValueId ones = r.b.splat(1, {DType::i32, r.shape(2), {}});
    const Formula written = scattered(r, r.operand(1), ones, r.shape(0)) > 0;
    return {where(written, scattered(r, r.operand(1), r.operand(2), r.shape(0)), Formula(r.b, r.operand(0)))};
}

std::vector<Operand> segment_sum(NodeReader& r) { return {summed(r, segments_of(r))}; }

std::vector<Operand> segment_mean(NodeReader& r) {
    const int64_t segments = segments_of(r);
    std::vector<float> counts(static_cast<size_t>(segments));
    for (int64_t id : r.ints(1)) ++counts[static_cast<size_t>(id)];
    Shape shape(static_cast<size_t>(r.rank(0)), 1);
    shape[0] = segments;
    for (float& count : counts) count = std::max(count, 1.0f);
    return {summed(r, segments) / Formula(r.b, r.b.floats(std::move(counts), shape))};
}

std::vector<Operand> unsorted_segment_sum(NodeReader& r) {
    const int64_t segments = r.integer(2);
    check(segments >= 0 && segments < int64_t{1} << 31, "{} segments", segments);
    return {summed(r, segments)};
}

}  // namespace tinsmith::tensorflow::from_tensorflow

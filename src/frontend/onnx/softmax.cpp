// Softmax and its relatives: the graph's work on the last dimension.
#include "frontend/compose/compose.hpp"
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/parameters.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

// Calls `body` with the operand's axis as its last dimension, and puts the result back. Opsets before 13 take all dimensions
// from the axis on as one.
template <class Body>
ValueId along_axis(NodeReader& r, Body body) {
    Compose c(r.b);
    ValueId x = r.operand(0);
    const Shape in = r.shape(0);
    auto rank = std::ssize(in);
    if (rank == 0) return c.reshape(body(c.reshape(x, {1})), {});
    int64_t axis = normalized_axis(r.integer("axis", r.opset < 13 ? 1 : -1), r.opset < 13 ? std::max<int64_t>(rank, 2) : rank);
    if (r.opset < 13) {
        int64_t rows = 1, width = 1;
        for (int64_t d = 0; d < rank; ++d) (d < axis ? rows : width) *= in[static_cast<size_t>(d)];
        return axis == rank - 1 ? body(x) : c.reshape(body(c.reshape(x, {rows, width})), in);
    }
    if (axis == rank - 1) return body(x);
    Ints perm = iota(rank);
    std::swap(perm[static_cast<size_t>(axis)], perm.back());
    return c.transpose(body(c.transpose(x, perm)), perm);
}

}  // namespace

std::vector<ValueId> softmax(NodeReader& r) {
    return {along_axis(r, [&](ValueId x) { return r.b.add(op::Softmax, {x}); })};
}

std::vector<ValueId> log_softmax(NodeReader& r) {
    return {along_axis(r, [&](ValueId x) { return r.b.add(op::LogSoftmax, {x}); })};
}

// 1 at the first largest element, 0 elsewhere.
std::vector<ValueId> hardmax(NodeReader& r) {
    return {along_axis(r, [&](ValueId x) {
        Type type = r.b.type(x);
        ValueId at = r.b.add(op::ArgMax, {x}, {{"axis", type.rank() - 1}, {"dtype", std::string("i32")}});
        return r.b.add(op::OneHot, {at}, {{"depth", type.shape.back()}, {"dtype", std::string(dtype_name(type.dtype))}});
    })};
}

}  // namespace tinsmith::from_onnx

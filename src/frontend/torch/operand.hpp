// Short words that the converters share.
#pragma once

#include "frontend/compose/formula.hpp"
#include "frontend/compose/indices.hpp"
#include "frontend/torch/ops.hpp"

namespace tinsmith::torch {

inline Formula formula(NodeReader& r, ValueId x) { return {r.b, x}; }
// Argument `name` as f32, whatever number it is.
inline Formula real_input(NodeReader& r, std::string_view name = "self") { return {r.b, as_float(r, r.tensor(name))}; }

// Calls `body` with `axis` as the last dimension of x, and puts the result back.
template <class Body>
ValueId along_axis(Compose& m, ValueId x, int64_t axis, Body body) {
    const auto rank = std::ssize(m.shape(x));
    if (rank == 0) return m.reshape(body(m.reshape(x, {1})), {});
    if (axis == rank - 1) return body(x);
    Ints perm = iota(rank);
    std::swap(perm[static_cast<size_t>(axis)], perm.back());
    return m.transpose(body(m.transpose(x, perm)), perm);
}

// x in the element type that the exporter saw.
inline ValueId as_declared(NodeReader& r, ValueId x) {
    return r.declared.empty() || !r.declared[0] ? x : r.m.cast(x, r.declared[0]->dtype);
}

}  // namespace tinsmith::torch

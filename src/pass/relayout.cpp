#include "pass/relayout.hpp"

#include "ir/permutation.hpp"
#include "op/list.hpp"

namespace tinsmith {

ValueId reshaped(Rewriter& r, ValueId x, const Shape& shape) {
    const Node* from = r.producer(x, op::Reshape);
    while (from && has_static_parameters(*from)) {
        x = from->inputs[0];
        from = r.producer(x, op::Reshape);
    }
    if (r.shape(x) == shape) return x;
    return r.add(op::Reshape, {x}, {{"shape", shape}});
}

ValueId transposed(Rewriter& r, ValueId x, Ints perm) {
    if (is_identity(perm)) return x;
    if (const Node* from = r.producer(x, op::Transpose)) {
        Ints merged = compose(from->ints("perm"), perm);
        return transposed(r, from->inputs[0], std::move(merged));
    }
    if (moves_only_units(r.shape(x), perm)) return reshaped(r, x, permuted(r.shape(x), perm));
    return r.add(op::Transpose, {x}, {{"perm", std::move(perm)}});
}

int64_t transposing_cost(const Rewriter& r, ValueId x, const Ints& perm) {
    if (r.graph.is_constant(x)) return 0;
    if (const Node* from = r.producer(x, op::Transpose))
        return transposing_cost(r, from->inputs[0], compose(from->ints("perm"), perm));
    return moves_only_units(r.shape(x), perm) ? 0 : r.type(x).elements();
}

}  // namespace tinsmith

// Before: FullyConnected(Reshape(Transpose(x, p)), W)       MatMul(a, Transpose(b, swap of the last two))
// After:  FullyConnected(Reshape(x), W with its columns permuted)       MatMul(a, b) {adj_y}
// When:   p keeps the leading dimensions that the Reshape does not flatten; W is constant. adj_x is left alone: LiteRT's delegate
//         takes adj_y only.
#include "ir/permutation.hpp"
#include "op/list.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <numeric>

namespace tinsmith {

namespace {

bool swaps_last_two(const Ints& perm) {
    Ints swap(perm.size());
    std::iota(swap.begin(), swap.end(), 0);
    std::swap(swap[swap.size() - 1], swap[swap.size() - 2]);
    return perm == swap;
}

bool absorb_into_matmul(Rewriter& r, const Node& node) {
    const Node* transpose = r.producer(node.inputs[1], op::Transpose);
    if (!transpose || !swaps_last_two(transpose->ints("perm"))) return false;
    Node absorbed = node;
    absorbed.inputs[1] = transpose->inputs[0];
    absorbed.attrs.set("adj_y", !node.flag("adj_y"));
    r.replace(node.outputs[0], r.add_like(absorbed, absorbed.inputs)[0]);
    return true;
}

// The first dimension of the Transpose's output that is flattened into the columns; nullopt when columns start within a dimension.
std::optional<size_t> first_flattened(const Shape& shape, int64_t columns) {
    int64_t product = 1;
    for (size_t d = shape.size(); d-- > 0;) {
        product *= shape[d];
        if (product == columns && (d == 0 || shape[d - 1] != 1)) return d;
        if (product > columns) return std::nullopt;
    }
    return std::nullopt;
}

bool absorb_into_columns(Rewriter& r, const Node& node) {
    ValueId weights = node.inputs[1];
    if (!r.graph.is_constant(weights)) return false;
    const Node* flatten = r.producer(node.inputs[0], op::Reshape);
    const Node* transpose =
        flatten && has_static_parameters(*flatten) ? r.producer(flatten->inputs[0], op::Transpose) : nullptr;
    if (!transpose) return false;
    const Ints perm = transpose->ints("perm");
    ValueId x = transpose->inputs[0];
    const Shape shape = permuted(r.shape(x), perm);
    const Shape flat = r.shape(node.inputs[0]), w = r.shape(weights);
    auto first = first_flattened(shape, w[1]);
    if (!first) return false;
    // Leading dimensions stay in front, in their order; the others move among themselves.
    Ints inner;
    for (size_t i = 0; i < perm.size(); ++i) {
        if ((i < *first) != (perm[i] < static_cast<int64_t>(*first)) || (i < *first && perm[i] != static_cast<int64_t>(i)))
            return false;
        if (i >= *first) inner.push_back(perm[i] - static_cast<int64_t>(*first) + 1);
    }
    Shape open(shape.begin() + static_cast<std::ptrdiff_t>(*first), shape.end());
    open.insert(open.begin(), w[0]);
    Ints back = {0};
    for (int64_t dim : inverse([&] {
             Ints p = {0};
             p.insert(p.end(), inner.begin(), inner.end());
             return p;
         }()))
        if (dim != 0) back.push_back(dim);
    ValueId columns = r.add(op::Transpose, {r.add(op::Reshape, {weights}, {{"shape", open}})}, {{"perm", back}});
    Node absorbed = node;
    absorbed.inputs[0] = reshaped(r, x, flat);
    absorbed.inputs[1] = r.add(op::Reshape, {columns}, {{"shape", w}});
    if (!r.graph.is_constant(absorbed.inputs[1])) return false;
    r.replace(node.outputs[0], r.add_like(absorbed, absorbed.inputs)[0]);
    return true;
}

}  // namespace

int absorb_transposes(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (node.is(op::MatMul)) return absorb_into_matmul(r, node);
        return node.is(op::FullyConnected) && absorb_into_columns(r, node);
    });
}

}  // namespace tinsmith

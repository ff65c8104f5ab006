// Before: Transpose(op(x, y...), p)
// After:  op'(Transpose(x, q), Transpose(y, q)...)
// When:   fewer elements are transposed: operands come out of the inverse Transpose, are constant, or have ones only to move. Looks up
//         through whole chains of operators without other readers. A Transpose that every part of a Split goes through moves above it.
//         On a tie it rises to an input of the graph, which may then change its layout instead.
#include "ir/permutation.hpp"
#include "op/list.hpp"
#include "pass/layout.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// What a node that computes `v` would need to compute Transpose(v, perm) instead: attributes, and how its operands are then laid out.
struct Lifted {
    Attrs attrs;
    Ints operand_perm;
};

std::optional<Lifted> lifted(const Rewriter& r, const Node& node, const Ints& perm) {
    if (node.outputs.size() != 1) return std::nullopt;
    const Shape& shape = r.shape(node.outputs[0]);
    if (node.is(op::Reshape) && has_static_parameters(node)) {
        // x = Reshape(Transpose(y', inverse), shape of x) says how the Reshape passes; turned round, y' = Reshape(Transpose(x, q)).
        auto swapped = swap_reshape(permuted(shape, perm), inverse(perm), r.shape(node.inputs[0]));
        if (!swapped) return std::nullopt;
        return Lifted{{{"shape", permuted(shape, perm)}}, inverse(swapped->after)};
    }
    bool keeps_rank = joins_operands(node) || (!node.inputs.empty() && r.shape(node.inputs[0]).size() == perm.size());
    if (!keeps_rank) return std::nullopt;  // there is no one way up
    auto how = relaid(r.graph, node, inverse(perm));
    if (!how || how->out_perm != inverse(perm)) return std::nullopt;
    return Lifted{how->attrs, perm};
}

bool same_rank_operands(const Rewriter& r, const Node& node) {
    return std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
        return r.graph.is_constant(id) || r.shape(id).size() == r.shape(node.outputs[0]).size();
    });
}

class Hoist {
public:
    Hoist(Rewriter& rewriter, const std::vector<bool>& is_input) : r_(rewriter), is_input_(is_input) {}

    // Elements transposed when Transpose(v, perm) is made as high up as it goes.
    int64_t cost(ValueId v, const Ints& perm, int depth = 0) const {
        int64_t here = transposing_cost(r_, v, perm);
        bool merges = r_.producer(v, op::Transpose) && r_.uses(v) <= 1;  // into one Transpose that was there anyway
        if (here == 0 || (depth > 0 && merges)) return 0;
        here += operator_overhead;
        if (v < is_input_.size() && is_input_[v]) return here - 1;
        const Node* node = liftable(v, depth);
        auto how = node ? lifted(r_, *node, perm) : std::nullopt;
        if (!how) return here;
        int64_t above = 0;
        for (ValueId id : moved_operands(*node)) above += cost(id, how->operand_perm, depth + 1);
        return std::min(above, here);
    }

    ValueId make(ValueId v, const Ints& perm, int depth = 0) {
        int64_t here = transposing_cost(r_, v, perm);
        if (here == 0 || cost(v, perm, depth) >= here + operator_overhead) return transposed(r_, v, perm);
        const Node* found = liftable(v, depth);
        if (!found) return transposed(r_, v, perm);
        Node node = *found;
        auto how = lifted(r_, node, perm);
        size_t moved = moved_operands(node).size();
        for (size_t i = 0; i < moved; ++i) {
            ValueId& id = node.inputs[i];
            if (r_.graph.is_constant(id) && r_.type(id).elements() == 1) continue;
            if (r_.graph.is_constant(id) && r_.type(id).rank() < std::ssize(how->operand_perm)) {
                Shape shape(how->operand_perm.size() - r_.shape(id).size(), 1);
                shape.insert(shape.end(), r_.shape(id).begin(), r_.shape(id).end());
                id = reshaped(r_, id, shape);
            }
            id = make(id, how->operand_perm, depth + 1);
        }
        node.attrs = how->attrs;
        return r_.add_like(node, node.inputs)[0];
    }

private:
    static constexpr int max_depth = 12;

    // The node of `v` when it can compute a transposed v: nothing else reads it as it is.
    const Node* liftable(ValueId v, int depth) const {
        const Node* node = r_.producer(v);
        if (!node || node->is(op::Transpose) || depth >= max_depth || r_.uses(v) > 1) return nullptr;
        return joins_operands(*node) && !same_rank_operands(r_, *node) ? nullptr : node;
    }
    static std::span<const ValueId> moved_operands(const Node& node) {
        return joins_operands(node) ? std::span(node.inputs) : std::span(node.inputs).first(1);
    }

    Rewriter& r_;
    const std::vector<bool>& is_input_;
};

}  // namespace

int hoist_transposes(Graph& graph, const PassOptions&) {
    std::vector<bool> is_input(graph.values.size(), false);
    for (const Port& port : graph.inputs) is_input[port.value] = true;
    return rewrite(graph, [&](Rewriter& r, const Node& node) {
        if (!node.is(op::Transpose)) return false;
        ValueId x = node.inputs[0];
        const Ints& perm = node.ints("perm");
        int64_t here = transposing_cost(r, x, perm);
        Hoist hoist(r, is_input);
        if (here > 0 && hoist.cost(x, perm) >= here + operator_overhead) return false;
        ValueId y = hoist.make(x, perm);
        r.replace(node.outputs[0], y);
        return true;
    });
}

}  // namespace tinsmith

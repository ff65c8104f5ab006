// Before: Split(Concat(a, b)) into a and b again    Concat(Concat(a, b), c)    Concat(Split(x)) of all parts in order
// After:  a and b                                   Concat(a, b, c)            x
// When:   along one axis; the inner Concat has no other reader.
#include "op/list.hpp"
#include "pass/passes.hpp"

namespace tinsmith {

namespace {

int64_t axis_of(const Rewriter& r, const Node& n) { return normalized_axis(n.integer("axis"), r.type(n.inputs[0]).rank()); }

bool splits_into_operands(Rewriter& r, const Node& split) {
    const Node* concat = r.producer(split.inputs[0], op::Concat);
    if (!concat || axis_of(r, *concat) != axis_of(r, split) || concat->inputs.size() != split.outputs.size()) return false;
    const std::vector<ValueId> operands = concat->inputs;
    for (size_t i = 0; i < operands.size(); ++i)
        if (r.shape(operands[i]) != r.shape(split.outputs[i])) return false;
    for (size_t i = 0; i < operands.size(); ++i) r.replace(split.outputs[i], operands[i]);
    return true;
}

// The value whose parts, all of them and in order, the Concat joins.
ValueId rejoined(const Rewriter& r, const Node& concat) {
    const Node* split = r.producer(concat.inputs[0], op::Split);
    return split && split->outputs == concat.inputs && axis_of(r, *split) == axis_of(r, concat) ? split->inputs[0] : no_value;
}

}  // namespace

int merge_concats(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (node.is(op::Split)) return splits_into_operands(r, node);
        if (!node.is(op::Concat)) return false;
        if (ValueId x = rejoined(r, node); x != no_value) {
            r.replace(node.outputs[0], x);
            return true;
        }
        std::vector<ValueId> operands;
        for (ValueId id : node.inputs) {
            const Node* inner = r.producer(id, op::Concat);
            if (inner && r.uses(id) == 1 && axis_of(r, *inner) == axis_of(r, node))
                operands.insert(operands.end(), inner->inputs.begin(), inner->inputs.end());
            else
                operands.push_back(id);
        }
        if (operands.size() == node.inputs.size()) return false;
        r.replace(node.outputs[0], r.add(op::Concat, std::move(operands), node.attrs));
        return true;
    });
}

}  // namespace tinsmith

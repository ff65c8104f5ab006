// Before: op(Transpose(x, p), ...)
// After:  Transpose(op'(x, ...), q): axes and constants re-laid, broadcast operands too
// When:   the operator works on any layout (elementwise, Concat, Split, Pad, Slice, reductions, Softmax whose axis stays last, Gather,
//         Reshape that keeps the order, ...) and no more elements are transposed than before. One walk sinks a whole chain; where it
//         meets the inverse, both are gone. One Transpose does not become several, below a Split or several Slices, unless another
//         Transpose waits below each.
#include "ir/permutation.hpp"
#include "op/list.hpp"
#include "pass/layout.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// Values below which, through operators of any layout, a Transpose or an output of image rank stands: what could cancel.
std::vector<bool> find_wanted(const Graph& g) {
    std::vector<bool> wanted(g.values.size(), false);
    for (const Port& port : g.outputs) wanted[port.value] = g.type(port.value).rank() >= 4;
    for (size_t n = g.nodes.size(); n-- > 0;) {
        const Node& node = g.nodes[n];
        bool transparent = joins_operands(node) || node.is(op::Split) || node.is(op::Pad) || node.is(op::Slice) ||
                           is_reduction(node) || node.is(op::Reshape);
        bool all = std::all_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return wanted[id]; });
        if (!node.is(op::Transpose) && !(transparent && all)) continue;
        for (ValueId id : node.inputs)
            if (id != no_value) wanted[id] = true;
    }
    return wanted;
}

// An operand of a broadcasting operator laid out by `perm`, after ones in front give it the rank of the result.
ValueId laid_out(Rewriter& r, ValueId x, const Ints& perm) {
    if (r.type(x).elements() == 1 && r.graph.is_constant(x)) return x;
    Shape shape(perm.size() - r.shape(x).size(), 1);
    bool was_shorter = !shape.empty();
    shape.insert(shape.end(), r.shape(x).begin(), r.shape(x).end());
    if (was_shorter) x = reshaped(r, x, shape);
    x = transposed(r, x, perm);
    if (!was_shorter || !r.graph.is_constant(x)) return x;
    shape = r.shape(x);
    while (shape.size() > 1 && shape.front() == 1) shape.erase(shape.begin());
    return reshaped(r, x, shape);
}

int64_t laying_out_cost(const Rewriter& r, ValueId x, const Ints& perm) {
    int64_t elements = transposing_cost(r, x, r.shape(x).size() == perm.size() ? perm : Ints{});
    if (r.shape(x).size() < perm.size() && !r.graph.is_constant(x)) {
        Shape shape(perm.size() - r.shape(x).size(), 1);
        shape.insert(shape.end(), r.shape(x).begin(), r.shape(x).end());
        elements = moves_only_units(shape, perm) ? 0 : r.type(x).elements();
    }
    return elements == 0 ? 0 : elements + operator_overhead;
}

// The permutation that most of the transposed operands share, by elements.
std::optional<Ints> dominant_perm(const Rewriter& r, const Node& node) {
    std::optional<Ints> best;
    int64_t most = -1;
    for (ValueId id : node.inputs) {
        const Node* transpose = r.producer(id, op::Transpose);
        if (!transpose || r.shape(id).size() != r.shape(node.outputs[0]).size()) continue;
        int64_t elements = r.type(id).elements();
        if (elements > most) best = transpose->ints("perm"), most = elements;
    }
    return best;
}

bool sink_joining(Rewriter& r, const Node& node) {
    auto perm = dominant_perm(r, node);
    if (!perm) return false;
    const Ints back = inverse(*perm);
    int64_t gain = 0, loss = 0;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
        ValueId id = node.inputs[i];
        if (std::find(node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(i), id) !=
            node.inputs.begin() + static_cast<std::ptrdiff_t>(i))
            continue;
        loss += laying_out_cost(r, id, back);
        auto here = std::count(node.inputs.begin(), node.inputs.end(), id);
        if (r.producer(id, op::Transpose) && r.uses(id) == here) gain += r.type(id).elements() + operator_overhead;
    }
    if (loss > 0 && loss + r.type(node.outputs[0]).elements() + operator_overhead > gain) return false;
    auto how = relaid(r.graph, node, *perm);
    std::vector<ValueId> operands;
    for (ValueId id : node.inputs) operands.push_back(laid_out(r, id, back));
    ValueId y = r.add(*node.op, std::move(operands), std::move(how->attrs));
    r.replace(node.outputs[0], transposed(r, y, how->out_perm));
    return true;
}

bool sink_one(Rewriter& r, const Node& node) {
    const Node* transpose = r.producer(node.inputs[0], op::Transpose);
    if (!transpose) return false;
    auto how = relaid(r.graph, node, transpose->ints("perm"));
    if (!how) return false;
    std::vector<ValueId> operands = node.inputs;
    operands[0] = transpose->inputs[0];
    std::vector<ValueId> ys = r.add_all(*node.op, std::move(operands), std::move(how->attrs));
    for (size_t i = 0; i < ys.size(); ++i) r.replace(node.outputs[i], transposed(r, ys[i], how->out_perm));
    return true;
}

// Below a Reshape that merges what the Transpose brings together, only the rest of the Transpose can go.
bool sink_part(Rewriter& r, const Node& reshape) {
    const Node* transpose = r.producer(reshape.inputs[0], op::Transpose);
    if (!transpose) return false;
    const ValueId x = transpose->inputs[0];
    const Shape target = r.shape(reshape.outputs[0]);
    auto divided = divide_transpose(r.shape(x), transpose->ints("perm"), target);
    if (!divided) return false;
    const ValueId above = transposed(r, x, divided->above);
    auto swapped = swap_reshape(r.shape(above), divided->rest, target);
    if (!swapped) return false;
    r.replace(reshape.outputs[0], transposed(r, reshaped(r, above, swapped->middle), swapped->after));
    return true;
}

}  // namespace

int sink_transposes(Graph& graph, const PassOptions&) {
    std::vector<bool> wanted = find_wanted(graph);
    return rewrite(graph, [&](Rewriter& r, const Node& node) {
        if (node.inputs.empty() || node.inputs[0] == no_value) return false;
        if (node.is(op::Transpose)) {
            bool merges =
                r.producer(node.inputs[0], op::Transpose) || moves_only_units(r.shape(node.inputs[0]), node.ints("perm"));
            if (merges) r.replace(node.outputs[0], transposed(r, node.inputs[0], node.ints("perm")));
            return merges;
        }
        const Node* before =
            node.is(op::Reshape) && has_static_parameters(node) ? r.producer(node.inputs[0], op::Reshape) : nullptr;
        if (before && has_static_parameters(*before)) {  // a Transpose of ones became a Reshape
            r.replace(node.outputs[0], reshaped(r, node.inputs[0], Shape(r.shape(node.outputs[0]))));
            return true;
        }
        if (joins_operands(node)) return sink_joining(r, node);
        bool waits = std::all_of(node.outputs.begin(), node.outputs.end(), [&](ValueId id) { return wanted[id]; });
        bool multiplies = node.is(op::Split) || ((node.is(op::Slice) || node.is(op::Gather)) && r.uses(node.inputs[0]) > 1);
        if ((!multiplies || waits) && sink_one(r, node)) return true;
        return node.is(op::Reshape) && has_static_parameters(node) && waits && r.uses(node.inputs[0]) == 1 &&
               sink_part(r, node);
    });
}

}  // namespace tinsmith

// Before: Reshape(Split(x)[i], t) for every part i
// After:  Split(Reshape(x, t'))
// When:   the parts are equally large, nothing else reads them, and the Reshapes only insert or drop dimensions of one element. Query, key
//         and value of attention, split from one product and squeezed, lose three Reshapes.
// Before: Reshape(Softmax(x)) as an output
// After:  Softmax(Reshape(x))
// When:   the last dimension stays. XNNPACK leaves a Softmax of integers to LiteRT, and a Reshape behind it would be a part of its own.
#include "op/list.hpp"
#include "pass/layout.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// For each value its only reader, or null when there are several, or none, or the value is an output.
std::vector<const Node*> only_readers(const Graph& g) {
    std::vector<const Node*> reader(g.values.size(), nullptr);
    std::vector<int> count(g.values.size(), 0);
    for (const Port& port : g.outputs) ++count[port.value];
    for (const Node& n : g.nodes)
        for (ValueId id : n.inputs)
            if (id != no_value && ++count[id] == 1) reader[id] = &n;
    for (size_t id = 0; id < reader.size(); ++id)
        if (count[id] != 1) reader[id] = nullptr;
    return reader;
}

struct Part {
    Shape shape;  // of each part once reshaped
    size_t axis;  // along which such parts are split
};

// How parts of shape `part`, split along `axis` and reshaped to `target`, come out of one reshaped whole.
std::optional<Part> reshaped_part(const Shape& part, size_t axis, const Shape& target) {
    auto map = match_units(part, target);
    if (!map) return std::nullopt;
    // A dropped axis has one element in each part: the whole has it in front of the next dimension that stays.
    size_t at = axis;
    while (at < part.size() && (*map)[at] < 0) {
        if (part[at] != 1) return std::nullopt;
        ++at;
    }
    if (at == part.size()) return std::nullopt;
    return Part{target, static_cast<size_t>((*map)[at])};
}

// Reshape(Softmax(x)): what comes in front of the Softmax instead.
bool hoist_above_softmax(Rewriter& r, const Node& node) {
    const ValueId softened = node.inputs[0], y = node.outputs[0];
    if (!has_static_parameters(node) || !r.is_graph_output(y)) return false;
    for (const OpDef* softmax : {&op::Softmax, &op::LogSoftmax}) {
        const Node* found = r.producer(softened, *softmax);
        if (!found || r.uses(softened) != 1) continue;
        const Shape before = r.shape(softened), after = r.shape(y);
        if (before.empty() || after.empty() || before.back() != after.back()) return false;
        const Node copy = *found;
        r.replace(y, r.add_like(copy, {reshaped(r, copy.inputs[0], after)})[0]);
        return true;
    }
    return false;
}

}  // namespace

int hoist_reshapes(Graph& graph, const PassOptions&) {
    // What each part of a Split is reshaped to, taken before nodes move about.
    std::vector<const Node*> reader = only_readers(graph);
    std::vector<Shape> target(graph.values.size());
    for (const Node& node : graph.nodes)
        if (node.is(op::Split))
            for (ValueId id : node.outputs)
                if (const Node* n = reader[id]; n && n->is(op::Reshape) && has_static_parameters(*n))
                    target[id] = n->ints("shape");

    return rewrite(graph, [&](Rewriter& r, const Node& node) {
        if (node.is(op::Reshape) && hoist_above_softmax(r, node)) return true;
        if (node.is(op::Reshape) && has_static_parameters(node) && r.producer(node.inputs[0], op::Reshape)) {
            r.replace(node.outputs[0], reshaped(r, node.inputs[0], Shape(r.shape(node.outputs[0]))));
            return true;
        }
        if (!node.is(op::Split)) return false;
        const Shape part = r.shape(node.outputs[0]), to = target[node.outputs[0]];
        bool alike = !to.empty() && std::all_of(node.outputs.begin(), node.outputs.end(),
                                                [&](ValueId id) { return target[id] == to && r.shape(id) == part; });
        if (!alike || to == part) return false;
        auto how = reshaped_part(part, static_cast<size_t>(normalized_axis(node.integer("axis"), std::ssize(part))), to);
        if (!how) return false;
        auto parts = static_cast<int64_t>(node.outputs.size());
        Shape whole = how->shape;
        int64_t each = whole[how->axis];
        whole[how->axis] *= parts;
        auto ys = r.add_all(op::Split, {reshaped(r, node.inputs[0], whole)},
                            {{"axis", static_cast<int64_t>(how->axis)}, {"sizes", Ints(node.outputs.size(), each)}});
        for (size_t i = 0; i < ys.size(); ++i) r.replace(node.outputs[i], reshaped(r, ys[i], part));
        return true;
    });
}

}  // namespace tinsmith

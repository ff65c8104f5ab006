// Before: op(Reshape(x)), the Reshape inserting or dropping dimensions of one element
// After:  Reshape(op'(x))
// When:   the operator does not mind: elementwise with constants or with operands reshaped alike, Concat, Pad, Slice, Split, reductions,
//         Softmax, FullyConnected. Where it meets the inverse, both are gone: a run of 1-D convolutions, which are 2-D ones between two
//         Reshapes each, keeps one at either end. One operand and nothing else to align: any Reshape passes.
#include "op/list.hpp"
#include "pass/layout.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

// `shape`, which broadcasts with the reshaped x, as it broadcasts with x itself. nullopt when it grows a dimension that x lacks.
std::optional<Shape> as_before(Shape shape, const Ints& map, size_t rank) {
    shape.insert(shape.begin(), map.size() - shape.size(), 1);
    Shape out(rank, 1);
    for (size_t i = 0; i < shape.size(); ++i) {
        if (map[i] >= 0)
            out[static_cast<size_t>(map[i])] = shape[i];
        else if (shape[i] != 1)
            return std::nullopt;
    }
    return out;
}

const Node* reshape_of(const Rewriter& r, ValueId id) {
    const Node* node = r.producer(id, op::Reshape);
    return node && has_static_parameters(*node) ? node : nullptr;
}

std::optional<int64_t> mapped_axis(const Node& node, const Ints& map) {
    int64_t axis = map[static_cast<size_t>(normalized_axis(node.integer("axis"), std::ssize(map)))];
    return axis < 0 ? std::nullopt : std::optional(axis);
}

bool sink_joining(Rewriter& r, const Node& node) {
    const Node* reshape = nullptr;
    for (ValueId id : node.inputs)
        if (!reshape && r.shape(id).size() == r.shape(node.outputs[0]).size()) reshape = reshape_of(r, id);
    if (!reshape) return false;
    ValueId x = reshape->inputs[0], reshaped_x = reshape->outputs[0];
    const Shape shape = r.shape(x);
    auto map = match_units(r.shape(reshaped_x), shape);
    bool concat = node.is(op::Concat);
    if (!map) {
        // Any Reshape passes an operator that looks at each element alone.
        bool alone = !concat && r.shape(reshaped_x) == r.shape(node.outputs[0]);
        for (ValueId id : node.inputs) {
            const Node* other = reshape_of(r, id);
            bool alike = other && r.shape(other->inputs[0]) == shape && r.shape(id) == r.shape(reshaped_x);
            alone =
                alone &&
                (alike || (r.graph.is_constant(id) && r.type(id).elements() == 1 && r.type(id).rank() <= std::ssize(shape)));
        }
        if (!alone) return false;
    }
    Attrs attrs = node.attrs;
    if (concat) {
        auto axis = mapped_axis(node, *map);
        if (!axis) return false;
        attrs.set("axis", *axis);
    }
    std::vector<ValueId> operands = node.inputs;
    std::vector<Shape> shapes(operands.size());
    for (size_t i = 0; i < operands.size(); ++i) {
        const Node* other = reshape_of(r, operands[i]);
        if (!map) {
            operands[i] = other ? other->inputs[0] : operands[i];
            shapes[i] = r.shape(operands[i]);
            continue;
        }
        auto before = as_before(r.shape(operands[i]), *map, shape.size());
        if (!before) return false;
        shapes[i] = *before;
        if (other && r.shape(other->inputs[0]) == *before)
            operands[i] = other->inputs[0];
        else if (!r.graph.is_constant(operands[i]))
            return false;
        else if (r.type(operands[i]).elements() == 1 && !concat && r.type(operands[i]).rank() <= std::ssize(shape))
            shapes[i] = r.shape(operands[i]);
    }
    for (size_t i = 0; i < operands.size(); ++i)
        if (r.shape(operands[i]) != shapes[i]) operands[i] = reshaped(r, operands[i], shapes[i]);
    ValueId y = r.add(*node.op, std::move(operands), std::move(attrs));
    r.replace(node.outputs[0], reshaped(r, y, Shape(r.shape(node.outputs[0]))));
    return true;
}

// Entries per dimension of the reshaped x, given to the dimensions of x; a dimension that x lacks must be left alone (`neutral`).
bool carry(Attrs& attrs, const Node& node, std::string_view name, const Ints& map, const Shape& shape, int64_t neutral,
           bool extent) {
    const Ints& old = node.ints(name);
    Ints out(shape.size(), neutral);
    if (extent) out = shape;
    for (size_t i = 0; i < map.size(); ++i) {
        if (map[i] >= 0)
            out[static_cast<size_t>(map[i])] = old[i];
        else if (old[i] != (extent ? 1 : neutral))
            return false;
    }
    attrs.set(name, std::move(out));
    return true;
}

std::optional<Attrs> attrs_before(const Node& node, const Shape& reshaped_x, const Shape& x) {
    Attrs attrs = node.attrs;
    bool keeps_last = !x.empty() && !reshaped_x.empty() && x.back() == reshaped_x.back();
    if (node.is(op::FullyConnected)) return keeps_last ? std::optional(attrs) : std::nullopt;
    if (!has_static_parameters(node)) return std::nullopt;
    if (node.is(op::Softmax) || node.is(op::LogSoftmax) || node.is(op::L2Normalization))
        return keeps_last ? std::optional(attrs) : std::nullopt;
    auto map = match_units(reshaped_x, x);
    if (!map) return std::nullopt;
    if (node.is(op::Split) || node.is(op::CumSum)) {
        auto axis = mapped_axis(node, *map);
        if (!axis) return std::nullopt;
        attrs.set("axis", *axis);
        return attrs;
    }
    if (is_reduction(node)) {
        Ints axes;
        for (int64_t axis : reduced_axes(node, std::ssize(reshaped_x)))
            if (int64_t to = (*map)[static_cast<size_t>(axis)]; to >= 0) axes.push_back(to);
        attrs.set("axes", axes);
        return axes.empty() ? std::nullopt : std::optional(attrs);
    }
    bool carried = false;
    if (node.is(op::Pad))
        carried = carry(attrs, node, "before", *map, x, 0, false) && carry(attrs, node, "after", *map, x, 0, false);
    if (node.is(op::Slice))
        carried = carry(attrs, node, "starts", *map, x, 0, false) && carry(attrs, node, "ends", *map, x, 0, true) &&
                  carry(attrs, node, "steps", *map, x, 1, false);
    return carried ? std::optional(attrs) : std::nullopt;
}

bool sink_one(Rewriter& r, const Node& node) {
    const Node* reshape = reshape_of(r, node.inputs[0]);
    if (!reshape) return false;
    auto attrs = attrs_before(node, r.shape(node.inputs[0]), r.shape(reshape->inputs[0]));
    if (!attrs) return false;
    std::vector<ValueId> operands = node.inputs;
    operands[0] = reshape->inputs[0];
    std::vector<ValueId> ys = r.add_all(*node.op, std::move(operands), std::move(*attrs));
    for (size_t i = 0; i < ys.size(); ++i) r.replace(node.outputs[i], reshaped(r, ys[i], Shape(r.shape(node.outputs[i]))));
    return true;
}

}  // namespace

int sink_reshapes(Graph& graph, const PassOptions&) {
    return rewrite(graph, [](Rewriter& r, const Node& node) {
        if (node.inputs.empty() || node.inputs[0] == no_value) return false;
        if (node.is(op::Reshape)) {
            if (!has_static_parameters(node) || !reshape_of(r, node.inputs[0])) return false;
            r.replace(node.outputs[0], reshaped(r, node.inputs[0], Shape(r.shape(node.outputs[0]))));
            return true;
        }
        return joins_operands(node) ? sink_joining(r, node) : sink_one(r, node);
    });
}

}  // namespace tinsmith

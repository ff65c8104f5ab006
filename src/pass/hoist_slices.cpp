// Before: Slice(op(x, y...))
// After:  op(Slice(x), Slice(y)...)
// When:   nothing else is read of what lies between, and the Slice keeps at most half. A classifier that reads one token computes its
//         last normalisation, and the last block's product, for that token alone.
// How:    from the outputs up, what part of each value is read; then down, each operator on that part of its operands.
#include "op/list.hpp"
#include "pass/layout.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace tinsmith {

namespace {

// Elements [from, from + extent) along `axis`.
struct Window {
    size_t axis = 0;
    int64_t from = 0, extent = 0;
    bool operator==(const Window&) const = default;
};

// What is read of a value: all of it, or one window.
using Read = std::optional<Window>;

std::optional<Window> window_of(const Graph& g, const Node& node) {
    if (!node.is(op::Slice) || !has_static_parameters(node)) return std::nullopt;
    const Shape &in = g.type(node.inputs[0]).shape, &out = g.type(node.outputs[0]).shape;
    std::optional<Window> window;
    for (size_t d = 0; d < in.size(); ++d) {
        if (node.ints("steps")[d] != 1) return std::nullopt;
        if (in[d] == out[d]) continue;
        if (window) return std::nullopt;
        window = Window{d, node.ints("starts")[d], out[d]};
    }
    return window && window->extent > 0 && window->extent * 2 <= in[window->axis] ? window : std::nullopt;
}

Window at(Window window, size_t axis) {
    window.axis = axis;
    return window;
}

// The axis of `from` that a Reshape leaves whole as `axis` of `to`.
std::optional<size_t> same_axis(const Shape& to, size_t axis, const Shape& from) {
    auto before = [](const Shape& shape, size_t d) {
        return std::accumulate(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(d), int64_t{1}, std::multiplies<>());
    };
    for (size_t d = 0; d < from.size(); ++d)
        if (from[d] == to[axis] && before(from, d) == before(to, axis)) return d;
    return std::nullopt;
}

// What a node reads of its operands to compute `window` of its only output; nothing when it cannot compute a part.
std::optional<std::vector<Read>> operand_windows(const Graph& g, const Node& node, const Window& window) {
    const Shape& out = g.type(node.outputs[0]).shape;
    std::vector<Read> reads(node.inputs.size());
    if (node.op->elementwise) {
        for (size_t i = 0; i < reads.size(); ++i) {
            if (node.inputs[i] == no_value) continue;
            const Shape& in = g.type(node.inputs[i]).shape;
            const size_t missing = out.size() - in.size();
            if (window.axis >= missing && in[window.axis - missing] == out[window.axis])
                reads[i] = at(window, window.axis - missing);
        }
        return reads;
    }
    const size_t last = out.size() - 1;
    const Shape& x = g.type(node.inputs[0]).shape;
    if (node.is(op::FullyConnected) || node.is(op::Softmax) || node.is(op::LogSoftmax) || node.is(op::L2Normalization)) {
        if (window.axis == last) return std::nullopt;
        reads[0] = window;
    } else if (node.is(op::MatMul)) {
        if (window.axis + 2 < out.size()) return std::nullopt;
        const size_t operand = window.axis == last ? 1 : 0;
        const size_t rank = g.type(node.inputs[operand]).shape.size();
        const bool turned = node.flag(operand == 0 ? "adj_x" : "adj_y");
        reads[operand] = at(window, rank - ((window.axis == last) != turned ? 1 : 2));
    } else if (is_reduction(node) && node.inputs.size() == 1) {
        const Ints axes = reduced_axes(node, std::ssize(x));
        size_t axis = window.axis;
        if (!node.flag("keepdims"))
            for (int64_t reduced : axes) axis += static_cast<size_t>(reduced) <= axis ? 1 : 0;
        if (std::find(axes.begin(), axes.end(), static_cast<int64_t>(axis)) != axes.end()) return std::nullopt;
        reads[0] = at(window, axis);
    } else if (node.is(op::Transpose)) {
        reads[0] = at(window, static_cast<size_t>(node.ints("perm")[window.axis]));
    } else if (node.is(op::Reshape) && has_static_parameters(node)) {
        auto axis = same_axis(out, window.axis, x);
        if (!axis) return std::nullopt;
        reads[0] = at(window, *axis);
    } else if (node.is(op::Concat)) {
        if (static_cast<size_t>(normalized_axis(node.integer("axis"), std::ssize(out))) == window.axis) return std::nullopt;
        reads.assign(reads.size(), window);
    } else {
        return std::nullopt;
    }
    return reads;
}

// How a node computes a window of its output.
struct Narrowed {
    Window window;
    std::vector<Read> operands;  // what is to be cut out of each; those that are narrowed themselves are taken as they are
};

struct Plan {
    std::map<ValueId, Narrowed> narrowed;  // by the output of each node whose readers all read the same window
    std::set<ValueId> spared;              // outputs of the Slices that find their window computed
};

// Readers stand below, so that from the end up everything is known of a value when the walk comes to the node that computes it.
std::map<ValueId, Narrowed> find_narrowed(const Graph& g) {
    std::map<ValueId, Read> reads;
    std::map<ValueId, Narrowed> narrowed;
    auto note = [&](ValueId id, const Read& read) {
        if (id == no_value) return;
        auto [known, added] = reads.try_emplace(id, read);
        if (!added && known->second != read) known->second.reset();
    };
    for (const Port& port : g.outputs) note(port.value, {});
    for (size_t i = g.nodes.size(); i-- > 0;) {
        const Node& node = g.nodes[i];
        if (auto window = window_of(g, node)) {
            note(node.inputs[0], window);
            continue;
        }
        const auto read = node.outputs.size() == 1 ? reads.find(node.outputs[0]) : reads.end();
        std::optional<std::vector<Read>> operands;
        if (read != reads.end() && read->second) operands = operand_windows(g, node, *read->second);
        if (operands) narrowed[node.outputs[0]] = {*read->second, *operands};
        for (size_t k = 0; k < node.inputs.size(); ++k) note(node.inputs[k], operands ? (*operands)[k] : Read{});
    }
    return narrowed;
}

Plan plan_of(const Graph& g) {
    Plan plan{find_narrowed(g), {}};
    for (const Node& node : g.nodes) {
        if (node.is(op::Slice) && plan.narrowed.contains(node.inputs[0])) plan.spared.insert(node.outputs[0]);
        auto how = plan.narrowed.find(node.outputs[0]);
        if (how == plan.narrowed.end()) continue;
        for (size_t i = 0; i < node.inputs.size(); ++i)
            if (how->second.operands[i] && plan.narrowed.contains(node.inputs[i])) how->second.operands[i].reset();
    }
    return plan;
}

ValueId sliced(Rewriter& r, ValueId x, const Window& window) {
    const Shape& shape = r.shape(x);
    Ints starts(shape.size(), 0), ends = shape;
    starts[window.axis] = window.from;
    ends[window.axis] = window.from + window.extent;
    return r.add(op::Slice, {x}, {{"starts", starts}, {"ends", ends}, {"steps", Ints(shape.size(), 1)}});
}

// Attributes that state the shape of the output follow its window.
Attrs narrowed_attrs(const Node& node, const Window& window) {
    Attrs attrs = node.attrs;
    if (!node.is(op::Reshape)) return attrs;
    Ints shape = node.ints("shape");
    shape[window.axis] = window.extent;
    attrs.set("shape", shape);
    return attrs;
}

}  // namespace

int hoist_slices(Graph& graph, const PassOptions&) {
    const Plan plan = plan_of(graph);
    return rewrite(graph, [&](Rewriter& r, const Node& node) {
        if (plan.spared.contains(node.outputs[0])) {
            r.replace(node.outputs[0], node.inputs[0]);
            return true;
        }
        auto how = plan.narrowed.find(node.outputs[0]);
        if (how == plan.narrowed.end()) return false;
        std::vector<ValueId> inputs = node.inputs;
        for (size_t i = 0; i < inputs.size(); ++i)
            if (const Read& read = how->second.operands[i]) inputs[i] = sliced(r, inputs[i], *read);
        r.replace(node.outputs[0], r.add(*node.op, std::move(inputs), narrowed_attrs(node, how->second.window)));
        return true;
    });
}

}  // namespace tinsmith

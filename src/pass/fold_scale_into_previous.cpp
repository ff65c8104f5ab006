// Before: Mul(y, c), c a scalar, y a linear function of f(x, W, b): through MatMul, Reshape, Transpose, one part of a Split
// After:  y, with the rows of W and b that lead there scaled by c
// When:   nothing else reads the steps between, and f has no activation. The 1/sqrt(d) of attention goes into the projection of the
//         queries, which usually is a third of one product that a Split takes apart.
#include "op/list.hpp"
#include "pass/constant.hpp"
#include "pass/passes.hpp"
#include "pass/relayout.hpp"
#include "pass/weighted.hpp"

#include <numeric>

namespace tinsmith {

namespace {

// The elements that are scaled: along one dimension of `outer * extent * inner` entries, those whose middle digit is in [from, to).
struct Part {
    bool all = true;
    size_t dim = 0;
    int64_t outer = 1, extent = 1, inner = 1, from = 0, to = 1;
};

// The same part in the operand of a Reshape; nullopt when its dimension is spread over several there.
std::optional<Part> before_reshape(Part part, const Shape& in, const Shape& out) {
    if (part.all) return part;
    int64_t above = 1;
    for (size_t d = 0; d < part.dim; ++d) above *= out[d];
    int64_t below = above * out[part.dim], at = 1;
    for (size_t d = 0; d < in.size(); ++d) {
        int64_t end = at * in[d];
        if (in[d] > 1 && at <= above && above % at == 0 && end % below == 0) {
            part.dim = d;
            part.outer *= above / at;
            part.inner *= end / below;
            return part;
        }
        at = end;
    }
    return std::nullopt;
}

class Fold {
public:
    explicit Fold(Graph& g) : graph_(g), builder_(g), maker_(g.values.size(), nullptr), uses_(g.values.size(), 0) {
        for (Node& n : g.nodes) {
            for (ValueId id : n.outputs) maker_[id] = &n;
            for (ValueId id : n.inputs)
                if (id != no_value) ++uses_[id];
        }
        for (const Port& port : g.outputs) ++uses_[port.value];
    }

    // Scales the weights that `y` comes from; false when that is not possible.
    bool into(ValueId y, double scale, Part part) {
        for (int steps = 0; steps < 16; ++steps) {
            Node* node = uses_[y] == 1 ? maker_[y] : nullptr;
            if (!node) return false;
            if (auto f = weighted(graph_, *node)) return scale_rows(*node, *f, scale, part);
            if (node->is(op::MatMul))
                return part.all && (into(node->inputs[0], scale, part) || into(node->inputs[1], scale, part));
            if (!has_static_parameters(*node)) return false;
            if (node->is(op::Reshape)) {
                auto before = before_reshape(part, graph_.type(node->inputs[0]).shape, graph_.type(y).shape);
                if (!before) return false;
                part = *before;
            } else if (node->is(op::Transpose)) {
                if (!part.all) part.dim = static_cast<size_t>(node->ints("perm")[part.dim]);
            } else if (node->is(op::Split) && part.all) {
                part = part_of_split(*node, y);
            } else {
                return false;
            }
            y = node->inputs[0];
        }
        return false;
    }

private:
    Part part_of_split(const Node& split, ValueId y) const {
        const Shape& shape = graph_.type(split.inputs[0]).shape;
        Part part{.all = false, .dim = static_cast<size_t>(normalized_axis(split.integer("axis"), std::ssize(shape)))};
        part.extent = shape[part.dim];
        for (size_t i = 0; split.outputs[i] != y; ++i) part.from += graph_.type(split.outputs[i]).shape[part.dim];
        part.to = part.from + graph_.type(y).shape[part.dim];
        return part;
    }

    bool scale_rows(Node& node, const Weighted& f, double scale, const Part& part) {
        const Shape& shape = graph_.type(node.outputs[0]).shape;
        if (node.text("activation") != "none" || (!part.all && part.dim + 1 != shape.size())) return false;
        std::vector<float> factors(static_cast<size_t>(f.out_channels), 1.0f);
        for (int64_t c = 0; c < f.out_channels; ++c) {
            int64_t digit = c / part.inner % part.extent;
            if (part.all || (digit >= part.from && digit < part.to))
                factors[static_cast<size_t>(c)] = static_cast<float>(scale);
        }
        ValueId vector = builder_.floats(std::move(factors), {f.out_channels});
        ValueId factor = along(builder_, vector, f.out_axis, graph_.type(f.weights).shape.size());
        // Constants fold at once: no node is added while nodes are pointed to.
        node.inputs[1] = builder_.add(op::Mul, {f.weights, factor});
        if (f.bias != no_value) node.inputs[2] = builder_.add(op::Mul, {f.bias, vector});
        return true;
    }

    Graph& graph_;
    Builder builder_;
    std::vector<Node*> maker_;
    std::vector<int> uses_;
};

}  // namespace

int fold_scale_into_previous(Graph& graph, const PassOptions&) {
    Fold fold(graph);
    std::vector<ValueId> alias(graph.values.size());
    std::iota(alias.begin(), alias.end(), 0);
    int folded = 0;
    size_t count = alias.size();
    for (const Node& node : graph.nodes) {
        if (!node.is(op::Mul) || node.text("activation") != "none" || graph.type(node.outputs[0]).dtype != DType::f32) continue;
        auto scaled = with_scalar(graph, node);
        if (!scaled || !fold.into(scaled->x, scaled->scalar, {})) continue;
        alias[node.outputs[0]] = alias[scaled->x];
        ++folded;
    }
    auto resolve = [&](ValueId& id) {
        if (id < count) id = alias[id];
    };
    for (Node& node : graph.nodes)
        for (ValueId& id : node.inputs) resolve(id);
    for (Port& port : graph.outputs) resolve(port.value);
    return folded;
}

}  // namespace tinsmith

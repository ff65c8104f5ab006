#include "frontend/compose/affine.hpp"

#include "frontend/compose/compose.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

Producers::Producers(const Graph& graph, size_t first) : graph_(graph) {
    for (size_t i = first; i < graph.nodes.size(); ++i)
        for (ValueId id : graph.nodes[i].outputs) node_[id] = i;
}

const Node* Producers::of(ValueId id, const OpDef& op) const {
    auto found = node_.find(id);
    if (found == node_.end()) return nullptr;
    const Node& made = graph_.nodes[found->second];
    return made.is(op) ? &made : nullptr;
}

std::optional<std::pair<ValueId, ValueId>> Producers::operands(ValueId id, const OpDef& op) const {
    const Node* made = of(id, op);
    if (!made || made->inputs.size() != 2) return std::nullopt;
    return std::pair{made->inputs[0], made->inputs[1]};
}

namespace {

class Finder {
public:
    explicit Finder(const Producers& made) : made_(made), graph_(made.graph()) {}

    std::optional<Affine> find(ValueId id, int64_t from, int64_t size) {
        if (++visited_ > most_nodes) return std::nullopt;
        if (graph_.is_constant(id)) return constant(id, from, size);
        if (graph_.type(id).rank() != 2) return std::nullopt;
        if (made_.of(id, op::Add)) return sum(id, from, size);
        if (const Node* product = made_.of(id, op::FullyConnected)) return of_product(*product, from, size);
        if (const Node* split = made_.of(id, op::Split)) return of_split(*split, id, from, size);
        if (const Node* slice = made_.of(id, op::Slice)) return of_slice(*slice, from, size);
        return std::nullopt;
    }

private:
    static constexpr int most_nodes = 64;              // a small graph can spell a sum of many terms
    static constexpr int64_t most_elements = 1 << 20;  // a bias has few, and is looked at again for each step

    // A row that every row of the batch is.
    std::optional<std::vector<double>> row(ValueId id, int64_t from, int64_t size) const {
        const Type& type = graph_.type(id);
        if (type.dtype != DType::f32 || type.rank() > 2 || type.elements() > most_elements) return std::nullopt;
        const int64_t columns = type.rank() == 0 ? 1 : type.shape.back();
        if (columns != 1 && from + size > columns) return std::nullopt;
        const std::vector<float> values = graph_.constant_floats(id);
        std::vector<double> out;
        for (int64_t i = 0; i < size; ++i) out.push_back(values.at(static_cast<size_t>(columns == 1 ? 0 : from + i)));
        for (size_t i = 0; i < values.size(); ++i)
            if (values[i] != values[i % static_cast<size_t>(columns)]) return std::nullopt;
        return out;
    }

    std::optional<Affine> constant(ValueId id, int64_t from, int64_t size) const {
        if (graph_.type(id).elements() == 0) return std::nullopt;
        auto values = row(id, from, size);
        return values ? std::optional<Affine>({{}, std::move(*values)}) : std::nullopt;
    }

    // A constant joins the bias of the only product that it is added to.
    std::optional<Affine> sum(ValueId id, int64_t from, int64_t size) {
        const auto operands = made_.operands(id, op::Add);
        for (ValueId operand : {operands->first, operands->second})
            if (!graph_.is_constant(operand) && graph_.type(operand).shape != graph_.type(id).shape) return std::nullopt;
        auto left = find(operands->first, from, size), right = find(operands->second, from, size);
        if (!left || !right) return std::nullopt;
        if (left->products.empty()) std::swap(left, right);
        const bool joins = left->products.size() == 1 && right->products.empty();
        std::vector<double>& to = joins ? left->products[0].bias : left->constant;
        for (size_t i = 0; i < to.size(); ++i) to[i] += right->constant[i];
        left->products.insert(left->products.end(), right->products.begin(), right->products.end());
        return left;
    }

    std::optional<Affine> of_product(const Node& node, int64_t from, int64_t size) const {
        if (!graph_.is_constant(node.inputs[1]) || graph_.type(node.inputs[0]).rank() != 2) return std::nullopt;
        const std::vector<double> zeros(static_cast<size_t>(size), 0);
        Affine out{{}, zeros};
        const Node* joined = made_.of(node.inputs[0], op::Concat);
        const bool apart = joined && normalized_axis(joined->integer("axis"), 2) == 1;
        int64_t column = 0;
        for (ValueId input : apart ? joined->inputs : std::vector<ValueId>{node.inputs[0]}) {
            if (!apart || !is_zero(graph_, input)) out.products.push_back({input, node.inputs[1], from, column, zeros});
            column += graph_.type(input).shape[1];
        }
        if (node.inputs.size() < 3 || node.inputs[2] == no_value) return out;
        if (!graph_.is_constant(node.inputs[2])) return std::nullopt;
        auto bias = row(node.inputs[2], from, size);
        if (!bias) return std::nullopt;
        (out.products.size() == 1 ? out.products[0].bias : out.constant) = std::move(*bias);
        return out;
    }

    std::optional<Affine> of_split(const Node& node, ValueId id, int64_t from, int64_t size) {
        if (normalized_axis(node.integer("axis"), 2) != 1) return std::nullopt;
        for (ValueId part : node.outputs) {
            if (part == id) break;
            from += graph_.type(part).shape[1];
        }
        return find(node.inputs[0], from, size);
    }

    std::optional<Affine> of_slice(const Node& node, int64_t from, int64_t size) {
        const Ints &starts = node.ints("starts"), &ends = node.ints("ends"), &steps = node.ints("steps");
        const Shape& whole = graph_.type(node.inputs[0]).shape;
        if (whole.size() != 2 || starts[0] != 0 || ends[0] != whole[0] || steps != Ints{1, 1}) return std::nullopt;
        return find(node.inputs[0], starts[1] + from, size);
    }

    const Producers& made_;
    const Graph& graph_;
    int visited_ = 0;
};

}  // namespace

bool is_same_product(const Graph& graph, const Product& a, const Product& b) {
    if (a.from != b.from || a.column != b.column) return false;
    if (a.weights == b.weights) return true;
    if (a.weights == no_value || b.weights == no_value || graph.type(a.weights) != graph.type(b.weights)) return false;
    return std::ranges::equal(graph.value(a.weights).data->bytes(), graph.value(b.weights).data->bytes());
}

std::optional<Affine> affine(const Producers& made, ValueId id, int64_t from, int64_t size) {
    return Finder(made).find(id, from, size);
}

}  // namespace tinsmith

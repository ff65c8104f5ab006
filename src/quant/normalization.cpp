#include "quant/normalization.hpp"

#include "ir/uses.hpp"
#include "op/list.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

class Search {
public:
    explicit Search(const Graph& graph) : graph_(graph), uses_(graph), found_(graph.nodes.size(), false) {}

    std::vector<bool> run() {
        for (uint32_t n = 0; n < graph_.nodes.size(); ++n)
            if (graph_.nodes[n].is(op::Rsqrt) || graph_.nodes[n].is(op::Sqrt)) from_root(n);
        return std::move(found_);
    }

private:
    bool squares(const Node& node) const {
        return node.is(op::Square) || (node.is(op::Mul) && node.inputs[0] == node.inputs[1]) || node.is(op::SquaredDifference);
    }

    // Upwards: an added constant, a mean, a square, a difference from a mean.
    void from_root(uint32_t root) {
        std::vector<uint32_t> chain{root};
        const auto above = [&](size_t operand) -> const Node* {
            const ValueId id = graph_.nodes[chain.back()].input(operand);
            if (id == no_value || uses_.producer[id] == no_node) return nullptr;
            chain.push_back(uses_.producer[id]);
            return &graph_.nodes[chain.back()];
        };
        const Node* node = above(0);
        if (node && node->is(op::Add)) node = above(graph_.is_constant(node->inputs[0]) ? 1 : 0);
        if (!node || !node->is(op::ReduceMean)) return;
        node = above(0);
        if (!node || !squares(*node)) return;
        add_difference(chain, chain.back());
        if (uses_.producer[node->inputs[0]] != no_node) add_difference(chain, uses_.producer[node->inputs[0]]);
        for (uint32_t reader : uses_.readers[graph_.nodes[root].outputs[0]]) {
            if (!graph_.nodes[reader].is(op::Mul) && !graph_.nodes[reader].is(op::Div)) continue;
            found_[reader] = true;
            for (ValueId id : graph_.nodes[reader].inputs)
                if (uses_.producer[id] != no_node) add_difference(chain, uses_.producer[id]);
        }
        for (uint32_t n : chain) {
            found_[n] = true;
            for (ValueId id : graph_.nodes[n].inputs)
                if (uses_.producer[id] != no_node && graph_.nodes[uses_.producer[id]].is(op::Add))
                    found_[uses_.producer[id]] = true;
        }
    }

    // A difference, squared or not, from a mean; and that mean.
    void add_difference(std::vector<uint32_t>& chain, uint32_t n) const {
        const Node& node = graph_.nodes[n];
        if (!node.is(op::Sub) && !node.is(op::SquaredDifference)) return;
        for (ValueId id : node.inputs) {
            if (uses_.producer[id] == no_node || !graph_.nodes[uses_.producer[id]].is(op::ReduceMean)) continue;
            chain.push_back(n);
            chain.push_back(uses_.producer[id]);
        }
    }

    const Graph& graph_;
    const Uses uses_;
    std::vector<bool> found_;
};

}  // namespace

std::vector<bool> normalization_nodes(const Graph& graph) { return Search(graph).run(); }

int spell_squares_as_products(Graph& graph) {
    int changed = 0;
    for (Node& node : graph.nodes) {
        if (!node.is(op::Square)) continue;
        node = {&op::Mul, {node.inputs[0], node.inputs[0]}, node.outputs, {}, node.origin};
        ++changed;
    }
    return changed;
}

}  // namespace tinsmith

#include "quant/attention.hpp"

#include "ir/uses.hpp"
#include "op/list.hpp"

#include <map>

namespace tinsmith {

namespace {

class Search {
public:
    explicit Search(const Graph& graph) : graph_(graph), uses_(graph), found_(graph.nodes.size(), false) {}

    std::vector<bool> run() {
        for (uint32_t n = 0; n < graph_.nodes.size(); ++n) {
            if (!graph_.nodes[n].is(op::Softmax)) continue;
            const auto scores = up_to_product(graph_.nodes[n].inputs[0]);
            const auto sum = down_to_product(graph_.nodes[n].outputs[0]);
            if (scores.empty() || sum.empty()) continue;
            found_[n] = true;
            for (const auto* way : {&scores, &sum})
                for (uint32_t at : *way) found_[at] = true;
        }
        return std::move(found_);
    }

private:
    bool multiplies_computed(const Node& node) const {
        return node.is(op::MatMul) && !graph_.is_constant(node.inputs[0]) && !graph_.is_constant(node.inputs[1]);
    }
    static bool moves(const Node& node) { return node.is(op::Reshape) || node.is(op::Transpose); }
    static bool scales_or_masks(const Node& node) {
        return node.is(op::Add) || node.is(op::Sub) || node.is(op::Mul) || node.is(op::Div) || node.is(op::Where);
    }

    // The nodes from the nearest product that the value is made of to it; empty: there is none.
    std::vector<uint32_t> up_to_product(ValueId id) const {
        std::map<uint32_t, uint32_t> below;  // by node: the reader that it was reached from
        std::vector<uint32_t> waiting;
        const auto reach = [&](ValueId operand, uint32_t reader) {
            if (operand == no_value || uses_.producer[operand] == no_node) return;
            if (below.emplace(uses_.producer[operand], reader).second) waiting.push_back(uses_.producer[operand]);
        };
        reach(id, no_node);
        for (size_t at = 0; at < waiting.size(); ++at) {
            const uint32_t n = waiting[at];
            const Node& node = graph_.nodes[n];
            if (multiplies_computed(node)) {
                std::vector<uint32_t> way;
                for (uint32_t on_way = n; on_way != no_node; on_way = below[on_way]) way.push_back(on_way);
                return way;
            }
            const size_t operands = moves(node) ? 1 : scales_or_masks(node) ? node.inputs.size() : 0;
            for (size_t i = 0; i < operands; ++i) reach(node.inputs[i], n);
        }
        return {};
    }

    // From the value to the products that it is the left operand of; empty where anybody else reads it.
    std::vector<uint32_t> down_to_product(ValueId id) const {
        std::vector<uint32_t> all;
        for (uint32_t n : uses_.readers[id]) {
            const Node& node = graph_.nodes[n];
            if (multiplies_computed(node) && node.inputs[0] == id) {
                all.push_back(n);
                continue;
            }
            const std::vector<uint32_t> way = moves(node) ? down_to_product(node.outputs[0]) : std::vector<uint32_t>{};
            if (way.empty()) return {};
            all.push_back(n);
            all.insert(all.end(), way.begin(), way.end());
        }
        return all;
    }

    const Graph& graph_;
    const Uses uses_;
    std::vector<bool> found_;
};

}  // namespace

std::vector<bool> attention_nodes(const Graph& graph) { return Search(graph).run(); }

}  // namespace tinsmith

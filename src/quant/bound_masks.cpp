#include "quant/bound_masks.hpp"

#include "op/list.hpp"
#include "quant/softmax_masks.hpp"

#include <algorithm>
#include <set>

namespace tinsmith {

namespace {

constexpr float masking = -1e4f, bound = -40;

class Masks {
public:
    explicit Masks(Graph& graph)
        : graph_(graph),
          producer_(graph.values.size(), UINT32_MAX),
          other_readers_(graph.values.size()),
          seen_(graph.nodes.size()) {
        for (uint32_t n = 0; n < graph.nodes.size(); ++n) {
            for (ValueId id : graph.nodes[n].outputs) producer_[id] = n;
            for (ValueId id : graph.nodes[n].inputs)
                if (id != no_value && !leads_on(graph.nodes[n])) other_readers_[id] = true;
        }
        for (const Port& port : graph.outputs) other_readers_[port.value] = true;
        for (const SoftmaxMask& mask : softmax_masks(graph)) in_front_.insert(mask.mask);
    }

    int run() {
        for (const Node& node : graph_.nodes)
            if (node.is(op::Softmax)) follow(node.inputs[0]);
        return count_;
    }

private:
    static bool leads_on(const Node& node) {
        return node.is(op::Softmax) || node.is(op::Where) || node.is(op::Add) || node.is(op::Mul) || node.is(op::Reshape) ||
               node.is(op::Transpose) || node.is(op::Tile) || node.is(op::Expand) || node.is(op::Slice) || node.is(op::Max);
    }

    bool masks(ValueId id) const {
        if (in_front_.contains(id) || !graph_.is_constant(id) || graph_.type(id).dtype != DType::f32) return false;
        const auto numbers = graph_.constant_floats(id);
        return std::any_of(numbers.begin(), numbers.end(), [](float v) { return v <= masking; });
    }

    void follow(ValueId id) {
        const uint32_t n = producer_[id];
        if (n == UINT32_MAX || seen_[n] || other_readers_[id] || !leads_on(graph_.nodes[n])) return;
        seen_[n] = true;
        const size_t operands = graph_.nodes[n].inputs.size();
        for (size_t i = graph_.nodes[n].is(op::Where) ? 1 : 0; i < operands; ++i) {
            const ValueId operand = graph_.nodes[n].inputs[i];
            if (operand == no_value) continue;
            if (masks(operand))
                graph_.nodes[n].inputs[i] = bounded(operand);
            else if (!graph_.is_constant(operand))
                follow(operand);
        }
    }

    ValueId bounded(ValueId id) {
        const auto numbers = graph_.constant_floats(id);
        std::vector<float> list(numbers.begin(), numbers.end());
        for (float& v : list) v = v <= masking ? bound : v;
        const Type type = graph_.type(id);
        ++count_;
        return graph_.add_constant(graph_.value(id).name, type, Buffer::of(std::move(list)));
    }

    Graph& graph_;
    std::vector<uint32_t> producer_;   // by value
    std::vector<bool> other_readers_;  // by value: somebody reads it for something else
    std::vector<bool> seen_;           // by node
    std::set<ValueId> in_front_;       // masks that get a range of their own: softmax_masks()
    int count_ = 0;
};

}  // namespace

int bound_masks(Graph& graph) { return Masks(graph).run(); }

}  // namespace tinsmith

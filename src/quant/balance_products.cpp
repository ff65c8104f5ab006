#include "quant/balance_products.hpp"

#include "ir/builder.hpp"
#include "ir/uses.hpp"
#include "op/list.hpp"
#include "quant/stored.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace tinsmith {

namespace {

// Output channels of a dense layer that become one operand.
struct Part {
    size_t layer = SIZE_MAX;       // index of the FullyConnected
    std::vector<size_t> channels;  // of its output
    std::vector<ValueId> path;     // values from the layer's output to the operand, both included
};

class Balancing {
public:
    Balancing(Graph& graph, Ranges& ranges) : graph_(graph), ranges_(ranges), uses_(graph) {
        for (const Port& port : graph.outputs) uses_.readers[port.value].push_back(no_node);
    }

    int run() {
        int scaled = 0;
        for (size_t n = 0; n < graph_.nodes.size(); ++n)
            if (graph_.nodes[n].is(op::MatMul)) scaled += balance(graph_.nodes[n]);
        return scaled;
    }

private:
    bool read_once(ValueId id) const { return uses_.readers[id].size() == 1 && uses_.readers[id][0] != no_node; }

    static bool moves(const Node& node) { return node.is(op::Reshape) || node.is(op::Transpose) || node.is(op::Split); }

    // Which channels of the last dimension arrive: they are numbered, and the numbers go the same way.
    std::optional<Part> traced(ValueId operand) const {
        Part part;
        std::vector<uint32_t> way;
        ValueId id = operand;
        for (;; id = graph_.nodes[uses_.producer[id]].inputs[0]) {
            if (!read_once(id) || uses_.producer[id] == no_node) return std::nullopt;
            part.path.push_back(id);
            const Node& node = graph_.nodes[uses_.producer[id]];
            if (node.is(op::FullyConnected)) break;
            if (!moves(node)) return std::nullopt;
            way.push_back(uses_.producer[id]);
        }
        part.layer = uses_.producer[id];
        const Node& layer = graph_.nodes[part.layer];
        const bool known = graph_.is_constant(layer.inputs[1]) && layer.text("activation") == "none" &&
                           (layer.input(2) == no_value || graph_.is_constant(layer.inputs[2])) && read_once(layer.outputs[0]);
        constexpr int64_t most_elements = 1 << 22;
        if (!known || graph_.type(id).elements() > most_elements) return std::nullopt;
        std::reverse(part.path.begin(), part.path.end());
        std::reverse(way.begin(), way.end());
        part.channels = channels_of(id, operand, way);
        return part;
    }

    std::vector<size_t> channels_of(ValueId from, ValueId to, const std::vector<uint32_t>& way) const {
        const Shape& shape = graph_.type(from).shape;
        std::vector<int32_t> numbers(static_cast<size_t>(graph_.type(from).elements()));
        for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int32_t>(i % static_cast<size_t>(shape.back()));
        Graph trace;
        Builder b(trace);
        std::map<ValueId, ValueId> at{{from, b.ints(std::move(numbers), shape)}};
        for (uint32_t n : way) {
            const Node& node = graph_.nodes[n];
            std::vector<Type> types;
            for (ValueId id : node.outputs) types.push_back({DType::i32, graph_.type(id).shape, {}});
            Node copy = node;
            copy.inputs = {at.at(node.inputs[0])};
            const std::vector<Buffer> results = evaluate(trace, copy, types);
            for (size_t i = 0; i < results.size(); ++i) at[node.outputs[i]] = trace.add_constant({}, types[i], results[i]);
        }
        std::set<size_t> found;
        for (int64_t channel : trace.constant_ints(at.at(to))) found.insert(static_cast<size_t>(channel));
        return {found.begin(), found.end()};
    }

    // The dense layer that alone reads a product, through Reshapes and Transposes that keep whole channels together.
    std::optional<size_t> layer_behind(ValueId product) const {
        ValueId id = product;
        while (read_once(id)) {
            const uint32_t n = uses_.readers[id][0];
            const Node& node = graph_.nodes[n];
            const bool dense = node.is(op::FullyConnected) && node.inputs[0] == id && graph_.is_constant(node.inputs[1]) &&
                               read_once(node.inputs[1]);
            if (dense) return n;
            if (!node.is(op::Reshape) && !node.is(op::Transpose)) return std::nullopt;
            id = node.outputs[0];
        }
        return std::nullopt;
    }

    float width_of(ValueId id) const {
        const Observation* seen = ranges_.of(id);
        return seen ? std::max(std::fabs(seen->range.min), std::fabs(seen->range.max)) : 0;
    }

    void scale_constant(ValueId& id, float factor, const std::set<size_t>* rows) {
        if (id == no_value) return;
        const Type type = graph_.type(id);
        std::vector<float> values = graph_.constant_floats(id);
        const size_t inner = values.size() / static_cast<size_t>(type.shape[0]);
        for (size_t i = 0; i < values.size(); ++i)
            if (!rows || rows->contains(i / inner)) values[i] *= factor;
        id = graph_.add_constant(graph_.value(id).name, type, Buffer::of(std::move(values)));
        uses_.readers.resize(graph_.values.size());
        uses_.producer.resize(graph_.values.size(), no_node);
        uses_.readers[id].push_back(0);  // the node that it was made for
    }

    void scale_range(ValueId id, float factor) {
        auto& seen = ranges_.tensors[id];
        if (!seen) return;
        for (Range* range : {&seen->range, &seen->seen}) *range = {range->min * factor, range->max * factor};
    }

    void scale_part(const Part& part, float factor) {
        Node& layer = graph_.nodes[part.layer];
        const std::set<size_t> rows(part.channels.begin(), part.channels.end());
        scale_constant(layer.inputs[1], factor, &rows);
        if (layer.input(2) != no_value) scale_constant(layer.inputs[2], factor, &rows);
        scale_range(part.path.back(), factor);
    }

    // What carries all parts has the widest part's range.
    void refresh_ranges(const Part& part) {
        const ValueId whole = part.path[0];
        Range range;
        for (ValueId id : part.path)
            if (const Node& node = graph_.nodes[uses_.producer[id]]; node.is(op::Split))
                for (ValueId output : node.outputs)
                    if (const Observation* seen = ranges_.of(output)) range = united(range, seen->range);
        for (ValueId id : part.path) {
            if (id != whole && graph_.nodes[uses_.producer[id]].is(op::Split)) break;
            if (ranges_.tensors[id]) ranges_.tensors[id]->range = ranges_.tensors[id]->seen = range;
        }
    }

    int balance(const Node& product) {
        constexpr float worth = 1.2f;  // less is not worth other weights
        const auto b = traced(product.inputs[1]);
        if (!b) return 0;
        const float right = width_of(product.inputs[1]);
        if (right <= 0) return 0;
        if (const auto a = traced(product.inputs[0])) {
            const float left = width_of(product.inputs[0]);
            if (left <= 0 || std::max(left, right) < worth * std::min(left, right)) return 0;
            const float factor = std::sqrt(right / left);
            scale_part(*a, factor);
            scale_part(*b, 1 / factor);
            refresh_ranges(*b);
            balanced_[b->layer] = std::sqrt(left * right);
            return 2;
        }
        const auto wanted = balanced_.find(b->layer);
        const auto behind = layer_behind(product.outputs[0]);
        if (wanted == balanced_.end() || !behind || right < worth * wanted->second) return 0;
        const float factor = wanted->second / right;
        scale_part(*b, factor);
        refresh_ranges(*b);
        scale_constant(graph_.nodes[*behind].inputs[1], 1 / factor, nullptr);
        for (ValueId id = product.outputs[0];; id = graph_.nodes[uses_.readers[id][0]].outputs[0]) {
            scale_range(id, factor);
            if (uses_.readers[id][0] == *behind) break;
        }
        return 1;
    }

    Graph& graph_;
    Ranges& ranges_;
    Uses uses_;                         // an output is read by no_node, after all others
    std::map<size_t, float> balanced_;  // by layer: the range that its other parts have
};

}  // namespace

int balance_products(Graph& graph, Ranges& ranges) { return Balancing(graph, ranges).run(); }

}  // namespace tinsmith

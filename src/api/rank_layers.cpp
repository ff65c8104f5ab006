#include "api/rank_layers.hpp"

#include "ir/macs.hpp"
#include "op/list.hpp"
#include "quant/plan.hpp"
#include "quant/weights.hpp"
#include "report/agreement.hpp"
#include "run/session.hpp"

#include <algorithm>
#include <map>

namespace tinsmith {

namespace {

class Ranking {
public:
    Ranking(const Graph& graph, const Samples& samples) : graph_(graph) {
        double macs = 1;
        for (uint32_t n = 0; n < graph.nodes.size(); ++n) {
            const Node& node = graph.nodes[n];
            macs += static_cast<double>(node_macs(graph, node));
            const auto at = weight_operands(*node.op);
            if (!at || node.origin.empty() || graph.type(node.outputs[0]).dtype != DType::f32) continue;
            const ValueId weights = node.input(at->weights);
            if (graph.is_constant(weights) && graph.type(weights).dtype == DType::f32) layers_.push_back(n);
        }
        constexpr double most_macs = 2e10;  // a few seconds
        const double runs = most_macs / macs / static_cast<double>(layers_.size() + 1);
        const auto count = std::min<size_t>(samples.size(), static_cast<size_t>(std::clamp(runs, 1.0, 8.0)));
        for (size_t i = 0; i < count; ++i) inputs_.push_back(samples.inputs(i * samples.size() / count));
    }

    std::vector<LayerLoss> run() {
        observe();
        std::vector<LayerLoss> out;
        for (uint32_t n : layers_)
            if (ranges_.contains(graph_.nodes[n].outputs[0])) out.push_back({graph_.nodes[n].origin, sqnr_without(n)});
        std::stable_sort(out.begin(), out.end(), [](const LayerLoss& a, const LayerLoss& b) { return a.sqnr < b.sqnr; });
        return out;
    }

private:
    // What the float model computes, and the ranges of its layers.
    void observe() {
        std::map<ValueId, bool> wanted;
        for (uint32_t n : layers_) wanted[graph_.nodes[n].outputs[0]] = true;
        const Session session(graph_, {.runs = static_cast<int64_t>(inputs_.size())});
        for (const auto& sample : inputs_)
            expected_.push_back(session.run(sample, [&](const EvalContext& c) {
                const ValueId id = c.node.outputs[0];
                if (!wanted.contains(id)) return;
                const std::span numbers(c.out[0].as<float>(), static_cast<size_t>(c.out[0].type->elements()));
                if (numbers.empty()) return;
                const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
                ranges_[id] = united(ranges_[id], {*low, *high});
            }));
    }

    double sqnr_without(uint32_t n) const {
        const Session session(on_integers(n), {.runs = static_cast<int64_t>(inputs_.size())});
        Agreement agreement;
        for (const Port& port : graph_.outputs) agreement.outputs.push_back({.name = port.name});
        for (size_t s = 0; s < inputs_.size(); ++s) {
            const std::vector<Buffer> actual = session.run(inputs_[s]);
            for (size_t o = 0; o < actual.size(); ++o) {
                const Type& type = graph_.type(graph_.outputs[o].value);
                add_sample(agreement.outputs[o], type, expected_[s][o], type, actual[o]);
            }
        }
        return agreement.sqnr();
    }

    // The graph with one layer's weights rounded, and its result.
    Graph on_integers(uint32_t n) const {
        Graph out = graph_;
        const WeightOperands at = *weight_operands(*graph_.nodes[n].op);
        ValueId& weights = out.nodes[n].inputs[at.weights];
        const StoredConstant stored = stored_weights(graph_, weights, at.axis, {}, 1);
        const ValueId w = out.add_constant({}, stored.type, stored.data);
        const ValueId rounded = out.add_value({}, {DType::f32, stored.type.shape, {}});
        weights = rounded;
        const ValueId y = graph_.nodes[n].outputs[0];
        const Stored as = stored_for(ranges_.at(y), DType::i8);
        const Shape shape = graph_.type(y).shape;
        const ValueId q = out.add_value({}, {as.dtype, shape, as.quant}), real = out.add_value({}, {DType::f32, shape, {}});
        for (size_t later = n + 1; later < out.nodes.size(); ++later)
            std::replace(out.nodes[later].inputs.begin(), out.nodes[later].inputs.end(), y, real);
        for (Port& port : out.outputs)
            if (port.value == y) port.value = real;
        Attrs attrs{{"dtype", std::string(dtype_name(as.dtype))},
                    {"scale", Floats(as.quant.scale.begin(), as.quant.scale.end())},
                    {"zero_point", as.quant.zero_point},
                    {"axis", int64_t{as.quant.axis}}};
        const auto behind = out.nodes.begin() + n + 1;
        out.nodes.insert(behind,
                         {Node{&op::Quantize, {y}, {q}, std::move(attrs), {}}, Node{&op::Dequantize, {q}, {real}, {}, {}}});
        out.nodes.insert(out.nodes.begin() + n, Node{&op::Dequantize, {w}, {rounded}, {}, {}});
        return out;
    }

    const Graph& graph_;
    std::vector<uint32_t> layers_;  // indices of nodes
    std::vector<std::vector<Buffer>> inputs_, expected_;
    std::map<ValueId, Range> ranges_;
};

}  // namespace

std::vector<LayerLoss> rank_layers(const Graph& graph, const Samples& samples) { return Ranking(graph, samples).run(); }

}  // namespace tinsmith

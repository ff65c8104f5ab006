#include "quant/choose_schemes.hpp"

#include "ir/uses.hpp"
#include "op/list.hpp"
#include "op/lstm.hpp"
#include "quant/attention.hpp"
#include "quant/normalization.hpp"

#include <algorithm>

namespace tinsmith {

DType activation_type(Scheme scheme) { return scheme == Scheme::int16x8 ? DType::i16 : DType::i8; }

std::optional<WeightOperands> weight_operands(const OpDef& op) {
    if (&op == &op::Conv || &op == &op::FullyConnected || &op == &op::ConvTranspose) return WeightOperands{1, 2, 0};
    if (&op == &op::DepthwiseConv) return WeightOperands{1, 2, 3};
    return std::nullopt;
}

bool is_parameter(const Node& node, size_t operand) {
    if (node.is(op::LSTM)) return operand >= lstm::weights && operand < lstm::hidden;
    const auto weights = weight_operands(*node.op);
    return weights && (operand == weights->weights || operand == weights->bias);
}

namespace {

bool is_real(const Graph& graph, ValueId id) { return id != no_value && graph.type(id).dtype == DType::f32; }

std::string lstm_obstacle(const Ranges& ranges, const Node& node) {
    using namespace lstm;
    if (node.input(weights + input_gate) == no_value || node.input(peephole_of(output_gate)) != no_value ||
        node.input(projection) != no_value || node.text("activation") != "tanh")
        return "its integer kernel knows neither coupled gates, peepholes, projections nor other activations than tanh";
    const Observation* y = ranges.of(node.outputs[0]);
    if (node.input(hidden) == no_value || node.input(state) == no_value || !y || !y->state)
        return "its cell state has no range";
    return {};
}

// Why the node cannot compute on integers; empty when it can.
std::string obstacle(const Graph& graph, const Ranges& ranges, const Node& node, Scheme scheme, std::string_view target) {
    const IntegerForm& form = node.op->integer;
    const DType dtype = activation_type(scheme);
    const bool micro = target == "tflm";
    const DTypes types = micro ? form.micro : form.types & ~form.micro_only;
    if ((types & dtype_bit(dtype)) == 0 || node.is(op::Dequantize))
        return fmt::format("{} has no {} kernel for it", micro ? "TFLite Micro" : "LiteRT", scheme_name(scheme));
    if (!is_real(graph, node.input(form.operand))) return "it does not compute on real numbers";
    for (size_t i = 0; i < node.inputs.size(); ++i)
        if (is_parameter(node, i) && node.inputs[i] != no_value &&
            (!graph.is_constant(node.inputs[i]) || !is_real(graph, node.inputs[i])))
            return "its weights are not constant";
    if (node.is(op::LSTM))
        if (std::string why = lstm_obstacle(ranges, node); !why.empty()) return why;
    for (const auto& ids : {node.inputs, node.outputs})
        for (ValueId id : ids)
            if (is_real(graph, id) && !graph.is_constant(id) && !ranges.of(id))
                return fmt::format("'{}' has no range", graph.value(id).name);
    return {};
}

// Nodes that compute nothing, with floats on both sides: as integers they would cost conversions and gain nothing. What a wide
// pool computes is no different.
void leave_float_islands(const Graph& graph, std::vector<NodePlan>& plans) {
    const Uses uses(graph);
    std::vector<bool> at_port(graph.values.size(), false);
    for (const auto* ports : {&graph.inputs, &graph.outputs})
        for (const Port& port : *ports) at_port[port.value] = true;
    const auto integer_beside = [&](const Node& node) {
        for (ValueId id : node.inputs)
            if (id != no_value &&
                (at_port[id] || (uses.producer[id] != no_node && is_integer_scheme(plans[uses.producer[id]].scheme))))
                return true;
        for (ValueId id : node.outputs) {
            if (at_port[id]) return true;
            for (uint32_t reader : uses.readers[id])
                if (is_integer_scheme(plans[reader].scheme)) return true;
        }
        return false;
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t n = 0; n < plans.size(); ++n) {
            if (!is_integer_scheme(plans[n].scheme) || !keeps_scale(*graph.nodes[n].op) || integer_beside(graph.nodes[n]))
                continue;
            plans[n] = {Scheme::stays_float, "it moves floats between operators that stay float"};
            changed = true;
        }
    }
}

}  // namespace

std::vector<NodePlan> choose_schemes(const Graph& graph, const Ranges& ranges, const Recipe& recipe) {
    std::vector<NodePlan> plans;
    const std::vector<bool> normalizes = normalization_nodes(graph), attends = attention_nodes(graph);
    for (const Node& node : graph.nodes) {
        NodePlan& plan = plans.emplace_back();
        // Indices, conditions and shapes are computed as they are.
        const bool real = std::any_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) { return is_real(graph, id); });
        if (!real) continue;
        const size_t n = plans.size() - 1;
        const Scheme wanted = scheme_of(recipe, graph, node);
        if (!is_integer_scheme(wanted)) {
            plan = {wanted, "the recipe says so"};
            continue;
        }
        // Eight bits for a square, a mean of squares and its root lose more than all other operators of a transformer together; of sixteen
        // LiteRT's root, which interpolates in a table, leaves as few.
        const bool may_be_float = !recipe.strict && recipe.target != "tflm";
        if (may_be_float && normalizes[n]) {
            plan.reason = "normalisation keeps its accuracy in floats; --strict computes it on integers";
            continue;
        }
        // 8 bits are coarse for the shares of many keys, and XNNPACK multiplies two computed tensors in floats only.
        if (may_be_float && wanted == Scheme::int8 && attends[n]) {
            plan.reason = "attention is more accurate and faster in floats; --strict computes it on integers";
            continue;
        }
        plan.reason = obstacle(graph, ranges, node, wanted, recipe.target);
        if (plan.reason.empty()) plan.scheme = wanted;
    }
    leave_float_islands(graph, plans);
    return plans;
}

}  // namespace tinsmith

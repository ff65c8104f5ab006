#include "quant/apply.hpp"

#include "op/list.hpp"
#include "op/lstm.hpp"
#include "quant/weights.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith {

static ValueId add_stored(Graph& graph, const std::string& name, StoredConstant stored) {
    return graph.add_constant(name, std::move(stored.type), std::move(stored.data));
}

void store_weights(const Graph& graph, const QuantPlan& plan, size_t n, Graph& to, Node& node) {
    const Node& source = graph.nodes[n];
    const WeightOperands at = *weight_operands(*source.op);
    const auto other = plan.requantised.find({n, 0});
    const Stored& x = other != plan.requantised.end() ? other->second : *plan.values[source.inputs[0]];
    const ValueId b = source.input(at.bias);
    const std::vector<float> bias = b == no_value ? std::vector<float>{} : graph.constant_floats(b);
    StoredConstant stored = stored_weights(graph, source, plan.nodes[n].one_scale, bias, x.scale());
    if (b != no_value) {
        if (node.inputs.size() <= at.bias) node.inputs.resize(at.bias + 1, no_value);
        const DType sum = x.dtype == DType::i16 ? DType::i64 : DType::i32;
        node.inputs[at.bias] = add_stored(to, graph.value(b).name, stored_bias(bias, x.scale(), stored.type.quant->scale, sum));
    }
    node.inputs[at.weights] = add_stored(to, graph.value(source.inputs[at.weights]).name, std::move(stored));
}

namespace {

class Apply {
public:
    Apply(const Graph& graph, const QuantPlan& plan) : source_(graph), plan_(plan), graph_(graph) { graph_.nodes.clear(); }

    Graph run() {
        for (size_t i = 0; i < graph_.inputs.size(); ++i)
            if (plan_.inputs[i]) take_input(graph_.inputs[i].value, *plan_.inputs[i]);
        for (size_t n = 0; n < source_.nodes.size(); ++n) {
            Node node = source_.nodes[n];
            if (is_integer_scheme(plan_.nodes[n].scheme))
                compute_on_integers(n, node);
            else
                compute_on_floats(n, node);
        }
        for (size_t i = 0; i < graph_.outputs.size(); ++i) {
            ValueId& id = graph_.outputs[i].value;
            if (!graph_.is_constant(id)) id = plan_.outputs[i] ? as_stored(id, *plan_.outputs[i]) : as_float(id);
        }
        return std::move(graph_);
    }

private:
    void store(ValueId id, const Stored& stored) {
        graph_.values[id].type.dtype = stored.dtype;
        graph_.values[id].type.quant = stored.quant;
    }

    // The interface's integers become the ones that nodes read.
    void take_input(ValueId id, const Stored& at_interface) { store(id, at_interface); }

    ValueId add(const OpDef& op, ValueId from, Attrs attrs, const Type& type) {
        const ValueId to = graph_.add_value(graph_.value(from).name, type);
        graph_.nodes.push_back({&op, {from}, {to}, std::move(attrs), graph_.value(from).name});
        return to;
    }

    // The value stored in this way, whatever computes it.
    ValueId as_stored(ValueId id, const Stored& wanted) {
        const Type& type = graph_.type(id);
        if (type.quant && type.dtype == wanted.dtype && *type.quant == wanted.quant) return id;
        for (const auto& [stored, copy] : stored_copies_[id])
            if (stored == wanted) return copy;
        Attrs attrs{{"dtype", std::string(dtype_name(wanted.dtype))},
                    {"scale", Floats(wanted.quant.scale.begin(), wanted.quant.scale.end())},
                    {"zero_point", wanted.quant.zero_point},
                    {"axis", int64_t{wanted.quant.axis}}};
        const ValueId copy = add(op::Quantize, id, std::move(attrs), {wanted.dtype, type.shape, wanted.quant});
        stored_copies_[id].emplace_back(wanted, copy);
        return copy;
    }

    ValueId as_float(ValueId id) {
        const Type type = graph_.type(id);
        if (!is_quantised(type)) return id;
        const auto [at, added] = float_copies_.try_emplace(id, no_value);
        if (added) at->second = add(op::Dequantize, id, {}, {DType::f32, type.shape, {}});
        return at->second;
    }

    ValueId constant(const std::string& name, StoredConstant stored) { return add_stored(graph_, name, std::move(stored)); }

    void compute_on_integers(size_t n, Node& node) {
        if (weight_operands(*node.op)) store_weights(source_, plan_, n, graph_, node);
        if (node.is(op::LSTM)) store_gates(node);
        for (size_t i = 0; i < node.inputs.size(); ++i) {
            ValueId& id = node.inputs[i];
            if (id == no_value || is_parameter(node, i)) continue;
            if (source_.type(id).dtype != DType::f32) continue;
            const auto other = plan_.requantised.find({n, i});
            const Stored& wanted = other != plan_.requantised.end() ? other->second : *plan_.values[id];
            id = source_.is_constant(id) ? constant(source_.value(id).name, stored_constant(source_, id, wanted))
                                         : as_stored(id, wanted);
        }
        for (ValueId id : node.outputs)
            if (source_.type(id).dtype == DType::f32) store(id, *plan_.values[id]);
        graph_.nodes.push_back(std::move(node));
    }

    // One scale for each matrix; a bias is added to the sum of the input's products.
    void store_gates(Node& node) {
        using namespace lstm;
        const Stored& x_stored = *plan_.values[node.inputs[lstm::x]];
        const DType sum = x_stored.dtype == DType::i16 ? DType::i64 : DType::i32;
        for (size_t gate = input_gate; gate <= output_gate; ++gate) {
            const ValueId b = node.input(bias + gate);
            const int64_t cells = source_.type(node.inputs[weights + gate]).shape[0];
            const std::vector<float> added =
                b == no_value ? std::vector<float>(static_cast<size_t>(cells), 0.0f) : source_.constant_floats(b);
            const float largest = std::fabs(
                *std::max_element(added.begin(), added.end(), [](float l, float r) { return std::fabs(l) < std::fabs(r); }));
            for (size_t matrix : {weights + gate, recurrent + gate}) {
                StoredConstant stored = stored_weights(source_, node.inputs[matrix], -1, {largest}, x_stored.scale());
                const std::vector<float> scale = stored.type.quant->scale;
                node.inputs[matrix] = constant(source_.value(node.inputs[matrix]).name, std::move(stored));
                if (matrix == weights + gate)
                    node.inputs[bias + gate] = constant(b == no_value ? std::string() : source_.value(b).name,
                                                        stored_bias(added, x_stored.scale(), scale, sum));
            }
        }
    }

    void compute_on_floats(size_t n, Node& node) {
        for (ValueId& id : node.inputs)
            if (id != no_value && !graph_.is_constant(id)) id = as_float(id);
        const auto weights = weight_operands(*node.op);
        if (plan_.nodes[n].scheme == Scheme::weights_only && weights && source_.is_constant(node.inputs[weights->weights])) {
            ValueId& w = node.inputs[weights->weights];
            w = as_float(constant(source_.value(w).name, stored_weights(source_, w, weights->axis, {}, 1)));
        }
        graph_.nodes.push_back(std::move(node));
    }

    const Graph& source_;
    const QuantPlan& plan_;
    Graph graph_;
    std::map<ValueId, std::vector<std::pair<Stored, ValueId>>> stored_copies_;
    std::map<ValueId, ValueId> float_copies_;
};

}  // namespace

Graph apply_plan(const Graph& graph, const QuantPlan& plan) { return Apply(graph, plan).run(); }

}  // namespace tinsmith

#include "quant/plan.hpp"

#include "op/list.hpp"
#include "op/lstm.hpp"
#include "quant/choose_schemes.hpp"
#include "quant/coarse_joins.hpp"
#include "quant/scale_groups.hpp"
#include "quant/softmax_masks.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace tinsmith {

namespace {

// A value that only a join reads is computed in the join's scale at once. One that others read too keeps its own, finer scale
// where the join's is coarser than this.
constexpr float coarser = 2;

class Planner {
public:
    Planner(const Graph& graph, const Ranges& ranges, const Recipe& recipe, const StatedScales& stated)
        : graph_(graph), ranges_(ranges), recipe_(recipe), groups_(graph, ranges), uses_(graph.values.size(), 0) {
        for (const Node& node : graph.nodes)
            for (ValueId id : node.inputs)
                if (id != no_value) ++uses_[id];
        for (const Port& port : graph.outputs) ++uses_[port.value];
        for (ValueId id = 0; id < stated.size(); ++id)
            if (stated[id]) groups_.fix(id, *stated[id]);
    }

    QuantPlan run() {
        plan_.nodes = choose_schemes(graph_, ranges_, recipe_);
        report_float_nodes();
        plan_states();
        observe_constants();
        fix_outputs();
        for (size_t n = 0; n < graph_.nodes.size(); ++n)
            if (integer(n) && keeps_scale(*graph_.nodes[n].op)) join(n);
        store();
        plan_interface();
        return std::move(plan_);
    }

private:
    bool integer(size_t n) const { return is_integer_scheme(plan_.nodes[n].scheme); }
    DType dtype(size_t n) const { return activation_type(plan_.nodes[n].scheme); }
    bool is_real(ValueId id) const { return id != no_value && graph_.type(id).dtype == DType::f32; }

    // Positions of the operands that the node reads as activations: real, and no weights or biases.
    std::vector<size_t> activations(const Node& node) const {
        std::vector<size_t> found;
        for (size_t i = 0; i < node.inputs.size(); ++i)
            if (is_real(node.inputs[i]) && !is_parameter(node, i)) found.push_back(i);
        return found;
    }

    // Alike nodes in one line: a model has hundreds.
    void report_float_nodes() {
        std::map<std::pair<std::string_view, std::string>, std::vector<std::string>> names;
        for (size_t n = 0; n < graph_.nodes.size(); ++n)
            if (const Node& node = graph_.nodes[n]; !plan_.nodes[n].reason.empty())
                names[{node.op->name, plan_.nodes[n].reason}].push_back("'" + node.origin + "'");
        std::string all;
        for (auto& [what, nodes] : names) {
            const size_t count = nodes.size();
            constexpr size_t shown = 3;
            if (count > shown) nodes.resize(shown);
            std::string line = fmt::format(
                "{} {} float: {} ({}{})", count == 1 ? std::string(what.first) : fmt::format("{} {}", count, what.first),
                count == 1 ? "stays" : "stay", what.second, fmt::join(nodes, ", "), count > shown ? ", ..." : "");
            all += "\n  " + line;
            plan_.notes.push_back(std::move(line));
        }
        supported(all.empty() || !recipe_.strict,
                  "--strict: not every operator computes on integers; without it these run as floats between conversions:{}",
                  all);
    }

    // The hidden state is stored as the output is; the cell state in 16 bits, at a scale that is a power of two. Both are written by an
    // operator of constants in front, on the same integers.
    void plan_states() {
        for (size_t n = 0; n < graph_.nodes.size(); ++n) {
            const Node& node = graph_.nodes[n];
            if (!node.is(op::LSTM) || !integer(n)) continue;
            const Observation& y = *ranges_.of(node.outputs[0]);
            const DType type = dtype(n);
            const Stored h = groups_.stored(node.outputs[0], type);
            const double reach = std::max({-static_cast<double>(y.state->min), static_cast<double>(y.state->max), 1.0 / 256});
            const double power = std::ceil(std::log2(reach));
            const Stored cell{DType::i16, {{static_cast<float>(std::exp2(power - 15))}, {0}, -1}};
            fix_state(node.outputs[0], h, Scheme::stays_float);
            fix_state(node.inputs[lstm::hidden], h, plan_.nodes[n].scheme);
            fix_state(node.inputs[lstm::state], cell, Scheme::int16x8);
        }
    }

    void fix_state(ValueId id, const Stored& stored, Scheme of_producer) {
        groups_.fix(id, stored);
        states_[id] = stored.dtype;
        if (of_producer == Scheme::stays_float) return;
        for (size_t n = 0; n < graph_.nodes.size(); ++n) {
            if (graph_.nodes[n].outputs[0] != id) continue;
            plan_.nodes[n] = {of_producer, {}};
            for (ValueId x : graph_.nodes[n].inputs)
                if (is_real(x) && graph_.is_constant(x)) groups_.fix(x, stored);
        }
    }

    // A cell state has more bits than the node that reads it, a slope never more than eight.
    DType dtype_of_operand(size_t n, ValueId id) const {
        if (graph_.nodes[n].is(op::PRelu) && id == graph_.nodes[n].inputs[1]) return DType::i8;
        const auto state = states_.find(id);
        return state == states_.end() ? dtype(n) : state->second;
    }

    // By constant; one that several layers share has to serve the widest scores.
    std::map<ValueId, Range> ranges_of_masks() const {
        std::map<ValueId, Range> ranges;
        for (const SoftmaxMask& mask : softmax_masks(graph_)) {
            if (!ranges_.of(mask.scores)) continue;
            const Range range = mask_range(graph_, mask, ranges_.of(mask.scores)->range);
            const auto [known, added] = ranges.emplace(mask.mask, range);
            if (!added) known->second = {std::min(known->second.min, range.min), std::max(known->second.max, range.max)};
        }
        return ranges;
    }

    void observe_constants() {
        const std::map<ValueId, Range> masks = ranges_of_masks();
        for (size_t n = 0; n < graph_.nodes.size(); ++n)
            for (size_t i : integer(n) ? activations(graph_.nodes[n]) : std::vector<size_t>{}) {
                const ValueId id = graph_.nodes[n].inputs[i];
                if (!graph_.is_constant(id) || graph_.type(id).elements() == 0) continue;
                const std::vector<float> values = graph_.constant_floats(id);
                const auto [low, high] = std::minmax_element(values.begin(), values.end());
                if (masks.find(id) == masks.end()) groups_.observe(id, {*low, *high});
            }
        for (const auto& [id, range] : masks) groups_.observe(id, range);
    }

    void fix_outputs() {
        for (size_t n = 0; n < graph_.nodes.size(); ++n)
            if (integer(n))
                if (const auto fixed = fixed_output(*graph_.nodes[n].op, dtype(n)))
                    groups_.fix(graph_.nodes[n].outputs[0], *fixed);
    }

    // Operands and results of a node that moves stored integers: one scale, where an operand is not better requantised.
    void join(size_t n) {
        const Node& node = graph_.nodes[n];
        for (size_t i = 1; i < node.outputs.size(); ++i)
            if (is_real(node.outputs[i])) groups_.unite(node.outputs[0], node.outputs[i]);
        const std::vector<size_t> operands = activations(node);
        if (averages(node)) keep_scale_of_operand(node);
        for (size_t i : operands)
            if (shares(node.outputs[0], node.inputs[i], operands.size() == 1)) groups_.unite(node.outputs[0], node.inputs[i]);
    }

    // These mix elements: what a narrower scale cut off in front would be missing in the mean. Others may be cut off as soon as their result.
    static bool averages(const Node& node) { return node.is(op::AveragePool) || node.is(op::ResizeBilinear); }

    // Their kernels know one scale, so that of the result which the model states is dropped.
    void keep_scale_of_operand(const Node& node) {
        const auto of_operand = groups_.fixed(node.inputs[0]);
        if (of_operand && groups_.fixed(node.outputs[0])) groups_.fix(node.outputs[0], *of_operand);
    }

    bool shares(ValueId result, ValueId operand, bool only_operand) const {
        if (groups_.together(result, operand)) return true;
        const auto &of_result = groups_.fixed(result), &of_operand = groups_.fixed(operand);
        if (only_operand) return !of_result || !of_operand || *of_result == *of_operand;
        if (of_result && of_operand) return *of_result == *of_operand;
        const Range whole = united(groups_.range(result), {}), part = united(groups_.range(operand), {});
        if (of_operand) return covers(of_operand->covers(), whole);
        if (of_result && !covers(of_result->covers(), part)) return false;
        const float ratio = width(whole) / std::max(width(part), 1e-30f);
        return ratio * coarser >= 1 && (ratio <= coarser || uses_[operand] == 1);
    }

    // The scale is neither too narrow for the range nor much too wide.
    static bool covers(Range scale, Range range) {
        const float slack = width(scale) / 128;
        return range.min >= scale.min - slack && range.max <= scale.max + slack && width(range) * coarser >= width(scale);
    }

    void want(ValueId id, DType dtype) {
        if (!plan_.values[id]) plan_.values[id] = groups_.stored(id, dtype);
    }

    void store() {
        plan_.values.resize(graph_.values.size());
        for (size_t n = 0; n < graph_.nodes.size(); ++n) {
            if (!integer(n)) continue;
            const Node& node = graph_.nodes[n];
            for (size_t i : activations(node)) want(node.inputs[i], dtype_of_operand(n, node.inputs[i]));
            for (ValueId id : node.outputs)
                if (is_real(id)) plan_.values[id] = groups_.stored(id, dtype(n));
        }
        // A producer on other integers may have come after the first reader asked; all scales are known only now.
        for (size_t n = 0; n < graph_.nodes.size(); ++n) {
            if (!integer(n)) continue;
            const Node& node = graph_.nodes[n];
            for (size_t i : activations(node)) {
                const ValueId id = node.inputs[i];
                const bool alike = keeps_scale(*node.op);
                const Stored wanted = alike ? *plan_.values[node.outputs[0]] : groups_.stored(id, dtype_of_operand(n, id));
                if (wanted != *plan_.values[id]) plan_.requantised[{n, i}] = wanted;
            }
        }
    }

    void plan_interface() {
        const bool wide = recipe_.scheme == Scheme::int16x8;
        const auto port = [&](ValueId id) -> std::optional<Stored> {
            if (!is_real(id) || recipe_.io == Io::float32 || graph_.is_constant(id)) return std::nullopt;
            if (!plan_.values[id]) {
                if (!ranges_.of(id)) return std::nullopt;
                plan_.values[id] = groups_.stored(id, wide ? DType::i16 : DType::i8);
            }
            Stored stored = *plan_.values[id];
            if (recipe_.io == Io::uint8 && stored.dtype == DType::i8) {
                stored.dtype = DType::u8;
                stored.quant.zero_point[0] += 128;
            }
            return stored;
        };
        for (const Port& p : graph_.inputs) plan_.inputs.push_back(port(p.value));
        for (const Port& p : graph_.outputs) plan_.outputs.push_back(port(p.value));
    }

    const Graph& graph_;
    const Ranges& ranges_;
    const Recipe& recipe_;
    ScaleGroups groups_;
    std::vector<int> uses_;
    std::map<ValueId, DType> states_;  // of recurrent layers
    QuantPlan plan_;
};

}  // namespace

QuantPlan plan_quantization(const Graph& graph, const Ranges& ranges, const Recipe& recipe, const StatedScales& stated) {
    QuantPlan plan = Planner(graph, ranges, recipe, stated).run();
    for (std::string& line : coarse_joins(graph, ranges, plan)) plan.notes.push_back(std::move(line));
    return plan;
}

QuantPlan with_float_interface(QuantPlan plan) {
    for (auto* ports : {&plan.inputs, &plan.outputs})
        for (auto& port : *ports) port.reset();
    return plan;
}

std::string print_plan(const Graph& graph, const QuantPlan& plan) {
    const auto stored = [&](ValueId id) {
        const std::string name = fmt::format("%{}", id);
        if (graph.is_constant(id)) return name + " constant";
        return plan.values[id] ? name + " " + to_string(*plan.values[id]) : name;
    };
    std::string out;
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
        const Node& node = graph.nodes[n];
        out += fmt::format("{:12} {} '{}'", scheme_name(plan.nodes[n].scheme), node.op->name, node.origin);
        for (size_t i = 0; i < node.inputs.size(); ++i) {
            if (node.inputs[i] == no_value) continue;
            out += (i == 0 ? ": " : ", ") + stored(node.inputs[i]);
            if (const auto other = plan.requantised.find({n, i}); other != plan.requantised.end())
                out += " requantised to " + to_string(other->second);
        }
        for (size_t i = 0; i < node.outputs.size(); ++i) out += (i == 0 ? " -> " : ", ") + stored(node.outputs[i]);
        if (!plan.nodes[n].reason.empty()) out += "  // " + plan.nodes[n].reason;
        out += "\n";
    }
    return out;
}

}  // namespace tinsmith

// Loop: written out where the number of iterations is known, a While where it is not.
#include "frontend/compose/stack.hpp"
#include "frontend/onnx/ops.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

namespace {

// Beyond this a loop stays a loop.
constexpr int64_t unroll_limit = 10'000;  // nodes

struct Parts {
    const onnx::Graph& body;  // (iteration, condition, state...) -> (condition, state..., scan...)
    std::vector<ValueId> state;
    std::optional<ValueId> trips, condition;  // absent: no limit, true
    size_t scans = 0;
};

Parts parts_of(NodeReader& r) {
    Parts parts{r.graph("body"), {}, {}, {}};
    if (r.has(0)) parts.trips = r.in[0];
    if (r.has(1)) parts.condition = r.in[1];
    for (size_t i = 2; i < r.in.size(); ++i) parts.state.push_back(r.operand(i));
    check(parts.body.inputs.size() == parts.state.size() + 2, "its body takes {} values, not {}", parts.body.inputs.size(),
          parts.state.size() + 2);
    check(parts.body.outputs.size() > parts.state.size(), "its body gives {} values for a state of {}",
          parts.body.outputs.size(), parts.state.size());
    parts.scans = parts.body.outputs.size() - parts.state.size() - 1;
    for (ValueId value : {parts.trips.value_or(no_value), parts.condition.value_or(no_value)})
        check(value == no_value || r.b.type(value).elements() == 1, "its trip count or condition has {} elements",
              value == no_value ? 0 : r.b.type(value).elements());
    for (const onnx::ValueInfo& output : parts.body.outputs)
        supported(output.not_a_tensor.empty(), "its body gives a {}, which has no counterpart in TFLite", output.not_a_tensor);
    return parts;
}

std::optional<int64_t> known(const NodeReader& r, std::optional<ValueId> value, int64_t absent) {
    if (!value) return absent;
    if (!r.b.graph.is_constant(*value)) return std::nullopt;
    return r.b.graph.constant_ints(*value)[0];
}

// A declared scan output says how often the body runs, whatever trip count and condition are.
std::optional<int64_t> declared_trips(const NodeReader& r, const Parts& parts) {
    for (size_t i = parts.state.size(); i < r.declared.size(); ++i)
        if (r.declared[i] && r.declared[i]->rank() > 0) return r.declared[i]->shape[0];
    return std::nullopt;
}

// The loop written out, or nothing when its condition turns out to depend on data.
std::optional<std::vector<ValueId>> unroll(NodeReader& r, const Parts& parts) {
    std::optional<int64_t> trips = known(r, parts.trips, INT64_MAX), go = known(r, parts.condition, 1);
    bool fixed = !trips || !go;
    if (fixed) {
        trips = declared_trips(r, parts);
        if (!trips) return std::nullopt;
    }
    auto body_nodes = static_cast<int64_t>(parts.body.nodes.size()) + 1;
    if (fixed && *trips > unroll_limit / body_nodes) return std::nullopt;
    size_t nodes_before = r.b.graph.nodes.size();
    std::vector<ValueId> state = parts.state;
    std::vector<std::vector<ValueId>> scans(parts.scans);
    bool more = fixed || *go != 0;
    for (int64_t i = 0; more && i < *trips; ++i) {
        if (i > unroll_limit / body_nodes) {
            r.b.graph.nodes.resize(nodes_before);
            return std::nullopt;
        }
        std::vector<ValueId> args{r.b.longs({i}, {}), r.b.scalar(1, DType::boolean)};
        args.insert(args.end(), state.begin(), state.end());
        std::vector<ValueId> out = r.inline_graph(parts.body, args);
        if (!fixed && !r.b.graph.is_constant(out[0])) {
            r.b.graph.nodes.resize(nodes_before);
            return std::nullopt;
        }
        check(r.b.type(out[0]).elements() == 1, "its body gives a condition of {} elements", r.b.type(out[0]).elements());
        more = fixed || r.b.graph.constant_ints(out[0])[0] != 0;
        for (size_t k = 0; k < state.size(); ++k) state[k] = out[k + 1];
        for (size_t k = 0; k < scans.size(); ++k) scans[k].push_back(out[state.size() + 1 + k]);
    }
    for (size_t k = 0; k < scans.size(); ++k) {
        const auto& declared = k + parts.state.size() < r.declared.size() ? r.declared[k + parts.state.size()] : std::nullopt;
        supported(!scans[k].empty() || declared, "it runs no iteration, so the shape of its output is not known");
        state.push_back(scans[k].empty() ? r.b.splat(0, *declared) : stack_steps(r.b, scans[k], 0));
    }
    return state;
}

// (iteration, condition, state..., captured...): iteration < trips and condition.
Graph condition_graph(const Graph& body, std::optional<int64_t> trips, size_t trips_at) {
    Graph graph;
    Builder b(graph);
    for (const Port& port : body.inputs) graph.inputs.push_back({"", graph.add_value("", body.type(port.value)), ""});
    ValueId limit = trips ? b.longs({*trips}, {}) : graph.inputs[trips_at].value;
    ValueId below = b.add(op::Less, {graph.inputs[0].value, limit});
    graph.outputs.push_back({"", b.add(op::And, {below, graph.inputs[1].value}), ""});
    return graph;
}

std::vector<ValueId> as_while(NodeReader& r, const Parts& parts) {
    supported(parts.scans == 0,
              "it collects results over a number of iterations that is not known; fix the trip count with --set");
    std::vector<ValueId> operands{r.b.longs({0}, {}), parts.condition.value_or(r.b.scalar(1, DType::boolean))};
    operands[1] = r.b.add(op::Reshape, {operands[1]}, {{"shape", Ints{}}});
    operands.insert(operands.end(), parts.state.begin(), parts.state.end());
    std::vector<Type> types;
    for (ValueId value : operands) types.push_back(r.b.type(value));
    SeparateGraph body = r.separate_graph(parts.body, types);
    Graph& g = body.graph;

    Builder inner(g);
    std::vector<Port> outputs{{"", inner.add(op::Add, {g.inputs[0].value, inner.longs({1}, {})}), ""}};
    outputs.insert(outputs.end(), g.outputs.begin(), g.outputs.end());
    outputs[1].value = inner.add(op::Reshape, {outputs[1].value}, {{"shape", Ints{}}});
    for (size_t i = 1; i < outputs.size(); ++i)
        supported(g.type(outputs[i].value) == types[i], "its state changes from {} to {}; shapes have to be static",
                  to_string(types[i]), to_string(g.type(outputs[i].value)));
    operands.insert(operands.end(), body.captured.begin(), body.captured.end());
    std::optional<int64_t> trips = known(r, parts.trips, INT64_MAX);
    size_t trips_at = operands.size();
    if (!trips) {
        operands.push_back(r.b.add(op::Reshape, {*parts.trips}, {{"shape", Ints{}}}));
        g.inputs.push_back({"", g.add_value("", r.b.type(operands.back())), ""});
    }
    for (size_t i = outputs.size(); i < g.inputs.size(); ++i)
        outputs.push_back(g.inputs[i]);  // captured values stay as they are
    g.outputs = std::move(outputs);
    Attrs attrs{{"cond", std::make_shared<const Graph>(condition_graph(g, trips, trips_at))},
                {"body", std::make_shared<const Graph>(g)}};
    std::vector<ValueId> results = r.b.add_all(op::While, std::move(operands), std::move(attrs));
    return {results.begin() + 2, results.begin() + 2 + static_cast<std::ptrdiff_t>(parts.state.size())};
}

}  // namespace

std::vector<ValueId> loop(NodeReader& r) {
    Parts parts = parts_of(r);
    if (auto unrolled = unroll(r, parts)) return *unrolled;
    return as_while(r, parts);
}

}  // namespace tinsmith::from_onnx

#include "report/delegates.hpp"

#include "ir/macs.hpp"
#include "op/list.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace tinsmith {

namespace {

// Kinds of tensors, by the first operand that is computed.
enum Kinds : unsigned { F = 1, Q = 2, I = 4, B = 8 };
constexpr Kinds operator|(Kinds a, Kinds b) { return static_cast<Kinds>(static_cast<unsigned>(a) | static_cast<unsigned>(b)); }

Kinds kind_of(const Type& type) {
    if (is_quantised(type)) return Q;
    if (is_float(type.dtype)) return F;
    return type.dtype == DType::boolean ? B : I;
}

std::string_view kind_name(Kinds kind) {
    switch (kind) {
        case F: return "floats";
        case Q: return "8-bit quantised tensors";
        case I: return "integers";
        case B: return "booleans";
    }
    return "";
}

// Conditions beyond the element type: each holds, or says what is wanted.
struct Condition {
    bool (*holds)(const Graph&, const Node&);
    std::string_view wants;
};

const Type& first(const Graph& graph, const Node& node) {
    for (ValueId id : node.inputs)
        if (id != no_value && !graph.is_constant(id)) return graph.type(id);
    return graph.type(node.outputs[0]);
}

bool has(const Node& node, std::string_view attribute) {
    return std::any_of(node.op->attrs.begin(), node.op->attrs.end(), [&](const AttrSpec& a) { return a.name == attribute; });
}

constexpr Condition rank_4{[](const Graph& g, const Node& n) { return first(g, n).rank() == 4; },
                           "tensors of 4 dimensions only"};
constexpr Condition rank_to_4{[](const Graph& g, const Node& n) { return first(g, n).rank() <= 4; },
                              "tensors of up to 4 dimensions only"};
constexpr Condition constant_weights{[](const Graph& g, const Node& n) { return g.is_constant(n.input(1)); },
                                     "constant weights only"};
constexpr Condition one_row{[](const Graph& g, const Node& n) {
                                const Type& type = first(g, n);
                                return type.rank() == 0 || type.elements() == type.shape.back();
                            },
                            "a single row only"};
constexpr Condition no_activation{
    [](const Graph&, const Node& n) { return !has(n, "activation") || n.text("activation") == "none"; }, "no fused activation"};
constexpr Condition unit_beta{[](const Graph&, const Node& n) { return n.real("beta") == 1; }, "beta 1 only"};
constexpr Condition rank_to_6{[](const Graph& g, const Node& n) { return first(g, n).rank() <= 6; },
                              "tensors of up to 6 dimensions only"};
constexpr Condition two_to_five_operands{
    [](const Graph&, const Node& n) { return n.inputs.size() >= 2 && n.inputs.size() <= 5; }, "2 to 5 operands only"};
constexpr Condition two_to_four_results{
    [](const Graph&, const Node& n) { return n.outputs.size() >= 2 && n.outputs.size() <= 4; }, "2 to 4 results only"};
// Others are SPLIT_V in a file.
constexpr Condition equal_parts{[](const Graph&, const Node& n) {
                                    const Ints& sizes = n.ints("sizes");
                                    return std::all_of(sizes.begin(), sizes.end(), [&](int64_t s) { return s == sizes[0]; });
                                },
                                "equal parts only"};
constexpr Condition up_to_16000{[](const Graph& g, const Node& n) { return first(g, n).elements() <= 16000; },
                                "up to 16,000 elements only"};
constexpr Condition spatial_axes{[](const Graph& g, const Node& n) {
                                     Ints axes = n.ints("axes");
                                     std::sort(axes.begin(), axes.end());
                                     return first(g, n).rank() == 4 && (axes == Ints{1, 2} || axes == Ints{2});
                                 },
                                 "reduction over height and width only"};
constexpr Condition spatial_pad{[](const Graph& g, const Node& n) {
                                    const Ints &before = n.ints("before"), &after = n.ints("after");
                                    if (first(g, n).rank() != 4 || before.size() != 4 || after.size() != 4) return false;
                                    return before[0] + after[0] + before[3] + after[3] == 0;
                                },
                                "padding of height and width only"};

struct Row {
    const OpDef* op;
    Kinds kinds;
    std::vector<Condition> conditions;
};

struct Delegate {
    std::string_view name, source;
    bool one_part;
    std::vector<Row> rows;
};

struct Builder {
    Delegate d;
    void source(std::string_view text) { d.source = text; }
    void one_part() { d.one_part = true; }
    template <class... C>
    void takes(const OpDef& op, Kinds kinds, C... conditions) {
        d.rows.push_back({&op, kinds, {conditions...}});
    }
};

#define SOURCE(text) build.source(text);
#define ONE_PART build.one_part();
#define TAKES(operator_name, ...) build.takes(op::operator_name, __VA_ARGS__);
Delegate gpu() {
    Builder build{{"gpu", "", false, {}}};
#include "report/delegates/gpu.inc"
    return build.d;
}
Delegate nnapi() {
    Builder build{{"nnapi", "", false, {}}};
#include "report/delegates/nnapi.inc"
    return build.d;
}
Delegate coreml() {
    Builder build{{"coreml", "", false, {}}};
#include "report/delegates/coreml.inc"
    return build.d;
}
Delegate edgetpu() {
    Builder build{{"edgetpu", "", false, {}}};
#include "report/delegates/edgetpu.inc"
    return build.d;
}
Delegate xnnpack() {
    Builder build{{"xnnpack", "", false, {}}};
#include "report/delegates/xnnpack.inc"
    return build.d;
}
#undef SOURCE
#undef ONE_PART
#undef TAKES

const std::array<Delegate, 5>& delegates() {
    static const std::array<Delegate, 5> all{gpu(), nnapi(), coreml(), edgetpu(), xnnpack()};
    return all;
}

const Delegate& delegate_of(std::string_view name) {
    const auto at = std::find_if(delegates().begin(), delegates().end(), [&](const Delegate& d) { return d.name == name; });
    assert(at != delegates().end());
    return *at;
}

std::string refusal(const Graph& graph, const Node& node, const Delegate& delegate) {
    const auto row = std::find_if(delegate.rows.begin(), delegate.rows.end(), [&](const Row& r) { return r.op == node.op; });
    if (row == delegate.rows.end()) return "no such operator";
    // Weights of 8 bits under floats (dynamic range) are no operands that any of these computes as they are.
    const Kinds kind = kind_of(first(graph, node));
    if (!(row->kinds & kind)) return fmt::format("not on {}", kind_name(kind));
    for (const Condition& condition : row->conditions)
        if (!condition.holds(graph, node)) return std::string(condition.wants);
    return "";
}

// Parts in which nodes of one kind run together, as TFLite partitions a graph: a part takes every node of its kind whose operands
// come from earlier parts or from itself, then the next part takes the other kind.
void partition(const Graph& graph, DelegateReport& report) {
    std::vector<bool> ready(graph.values.size(), false), done(graph.nodes.size(), false);
    for (const Port& port : graph.inputs) ready[port.value] = true;
    size_t left = graph.nodes.size();
    for (bool kind = true; left > 0; kind = !kind) {
        size_t added = 0;
        for (size_t n = 0; n < graph.nodes.size(); ++n) {
            const Node& node = graph.nodes[n];
            const bool available = std::all_of(node.inputs.begin(), node.inputs.end(), [&](ValueId id) {
                return id == no_value || graph.is_constant(id) || ready[id];
            });
            if (done[n] || report.nodes[n].taken != kind || !available) continue;
            done[n] = true;
            report.nodes[n].part = report.parts;
            for (ValueId id : node.outputs) ready[id] = true;
            ++added;
        }
        left -= added;
        if (added > 0) {
            ++report.parts;
            report.delegated_parts += kind ? 1 : 0;
        }
    }
}

}  // namespace

std::vector<std::string> delegate_names() {
    std::vector<std::string> out;
    for (const Delegate& delegate : delegates()) out.emplace_back(delegate.name);
    return out;
}

std::string refusal_of(const Graph& graph, const Node& node, std::string_view delegate) {
    return refusal(graph, node, delegate_of(delegate));
}

DelegateReport delegate_report(const Graph& graph, std::string_view name) {
    const Delegate& delegate = delegate_of(name);
    DelegateReport out;
    out.source = delegate.source;
    bool over = false;
    for (size_t n = 0; n < graph.nodes.size(); ++n) {
        DelegateNode& entry = out.nodes.emplace_back();
        entry.node = n;
        entry.reason = refusal(graph, graph.nodes[n], delegate);
        if (entry.reason.empty() && over) entry.reason = "it comes after an operator that stays on the CPU";
        entry.taken = entry.reason.empty();
        // Leading conversions of the interface are done by the CPU without ending the part.
        if (delegate.one_part && !entry.taken && out.taken > 0) over = true;
        const int64_t macs = node_macs(graph, graph.nodes[n]);
        out.macs += macs;
        out.taken += entry.taken ? 1 : 0;
        out.taken_macs += entry.taken ? macs : 0;
    }
    partition(graph, out);
    return out;
}

}  // namespace tinsmith

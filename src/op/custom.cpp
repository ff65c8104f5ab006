#include "op/custom.hpp"

#include "op/list.hpp"

namespace tinsmith {

// Results as `dtypes` ("f32", "i8", ... one for each) and `shapes` (the rank, then the extents, of each) state them.
static std::vector<Type> infer(const InferContext& c) {
    const std::string& dtypes = c.node.text("dtypes");
    const Ints& shapes = c.node.ints("shapes");
    std::vector<Type> out;
    size_t at = 0;
    for (size_t from = 0; from < dtypes.size();) {
        const size_t end = std::min(dtypes.find(',', from), dtypes.size());
        const auto dtype = dtype_from_name(std::string_view(dtypes).substr(from, end - from));
        check(dtype.has_value(), "'{}' is no list of element types", dtypes);
        check(at < shapes.size() && shapes[at] >= 0 && shapes[at] < static_cast<int64_t>(shapes.size() - at),
              "the shapes of its results are incomplete");
        const auto extents = shapes.begin() + static_cast<std::ptrdiff_t>(at) + 1;
        out.push_back({*dtype, Shape(extents, extents + shapes[at]), {}});
        element_count(out.back().shape);
        at += static_cast<size_t>(shapes[at]) + 1;
        from = end + 1;
    }
    check(at == shapes.size(), "there are more shapes than results");
    return out;
}

const OpDef op::Custom{
    .name = "Custom",
    .says = "what the runtime has registered under `code`, with `options` (bytes) as its own; kept as it is, never run here",
    .operands = {{"inputs", false, true}},
    .attrs = {{"code", std::string(), true},
              {"version", int64_t{1}},
              {"options", std::string()},
              {"dtypes", std::string(), true},
              {"shapes", Ints{}, true}},
    .infer = infer,
    .eval = nullptr,
    .quant = QuantRule::stays_float,
};

std::string_view operator_name(const Node& node) { return node.is(op::Custom) ? node.text("code") : node.op->name; }

static void add_custom_operators(const Graph& graph, std::set<std::string>& names) {
    for (const Node& node : graph.nodes) {
        if (node.is(op::Custom)) names.insert(node.text("code"));
        for (const auto& [name, attr] : node.attrs)
            if (const GraphRef* body = std::get_if<GraphRef>(&attr)) add_custom_operators(**body, names);
    }
}

std::set<std::string> custom_operators(const Graph& graph) {
    std::set<std::string> names;
    add_custom_operators(graph, names);
    return names;
}

}  // namespace tinsmith

#include "api/open_custom.hpp"

#include "op/custom.hpp"
#include "op/list.hpp"
#include "pass/passes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace tinsmith {

static bool inside_control_flow(const Node& node) {
    return std::any_of(node.attrs.begin(), node.attrs.end(), [](const auto& attr) {
        const GraphRef* body = std::get_if<GraphRef>(&attr.second);
        return body && !custom_operators(**body).empty();
    });
}

bool open_custom(Graph& graph) {
    if (std::any_of(graph.nodes.begin(), graph.nodes.end(), inside_control_flow)) return false;
    remove_dead_code(graph, {});
    // Passes may change the order of operators; that of equal ones stays.
    std::map<std::pair<std::string, std::string>, int> numbers;
    for (const Node& node : graph.nodes)
        if (node.is(op::Custom)) ++numbers[{node.text("code"), node.text("options")}];
    int next = 0;
    for (auto& [custom, count] : numbers) next += std::exchange(count, next);
    std::vector<Node> rest;
    for (Node& node : graph.nodes) {
        if (!node.is(op::Custom)) {
            rest.push_back(std::move(node));
            continue;
        }
        const std::string label =
            fmt::format("{} #{}", node.text("code"), numbers[{node.text("code"), node.text("options")}]++);
        for (size_t i = 0; i < node.inputs.size(); ++i)
            if (node.inputs[i] != no_value)
                graph.outputs.push_back({fmt::format("{} operand {}", label, i), node.inputs[i], ""});
        for (size_t i = 0; i < node.outputs.size(); ++i)
            graph.inputs.push_back({fmt::format("{} result {}", label, i), node.outputs[i], ""});
    }
    graph.nodes = std::move(rest);
    return true;
}

}  // namespace tinsmith

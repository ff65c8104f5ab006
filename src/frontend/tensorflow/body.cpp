#include "frontend/tensorflow/body.hpp"

#include "base/error.hpp"
#include "frontend/tensorflow/outputs.hpp"

#include <algorithm>
#include <charconv>

namespace tinsmith::tensorflow {

std::string node_label(const Node& node) { return fmt::format("node '{}' ({})", node.name, node.op); }

Body::Body(std::vector<Node> nodes) : nodes_(std::move(nodes)) { index(); }

Body::Body(Function function) : nodes_(std::move(function.nodes)), inputs_(std::move(function.inputs)), is_function_(true) {
    for (const Argument& output : function.outputs) {
        auto found = function.returns.find(output.name);
        check(found != function.returns.end(), "function '{}' does not return its output '{}'", function.name, output.name);
        results_.push_back(found->second);
    }
    effects_ = std::move(function.control_returns);
    index();
}

void Body::index() {
    for (size_t i = 0; i < nodes_.size(); ++i)
        check(by_name_.emplace(nodes_[i].name, i).second, "two nodes have the name '{}'", nodes_[i].name);
}

std::optional<size_t> Body::find(std::string_view node) const {
    auto found = by_name_.find(node);
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

size_t Body::at(std::string_view node) const {
    auto found = find(node);
    check(found.has_value(), "there is no node '{}'", node);
    return *found;
}

TensorName Body::parse(std::string_view text) const {
    if (text.starts_with('^')) return {text.substr(1), 0, true};
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return {text, 0};
    size_t number = 0;
    const std::string_view digits = text.substr(colon + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    check(error == std::errc() && end == digits.data() + digits.size() && number < 65536, "'{}' names no tensor", text);
    const std::string_view head = text.substr(0, colon);
    const size_t middle = head.find(':');
    if (!is_function_ || middle == std::string_view::npos) return {head, number};
    const std::string_view node = head.substr(0, middle), output = head.substr(middle + 1);
    auto found = find(node);
    return {node, number + (found ? first_of_output(nodes_[*found].op, output) : 0)};
}

const Node& Body::source(const Node& node, size_t i) const {
    check(i < node.inputs.size(), "{} has no input {}", node_label(node), i);
    return nodes_[at(parse(node.inputs[i]).node)];
}

std::vector<size_t> Body::entries(const Node& exit) const {
    const Node* enter = nullptr;
    const Node& merge = source(source(exit, 0), 0);  // Exit <- Switch <- Merge
    for (size_t i = 0; i < merge.inputs.size() && !enter; ++i)
        if (const Node& from = source(merge, i); from.op == "Enter") enter = &from;
    check(enter && enter->attribute("frame_name"), "{}: it belongs to no loop", node_label(exit));
    const Bytes frame = enter->attribute("frame_name")->value;
    std::vector<size_t> out;
    for (size_t i = 0; i < nodes_.size(); ++i) {
        const Attribute* name = nodes_[i].op == "Enter" ? nodes_[i].attribute("frame_name") : nullptr;
        if (name && std::equal(name->value.begin(), name->value.end(), frame.begin(), frame.end())) out.push_back(i);
    }
    return out;
}

std::vector<size_t> Body::needs(size_t index) const {
    const Node& node = nodes_[index];
    if (node.op == "Exit") return entries(node);
    std::vector<size_t> out;
    for (std::string_view input : node.inputs) {
        const TensorName name = parse(input);
        if (name.control) continue;
        auto found = find(name.node);
        if (found)
            out.push_back(*found);
        else
            check(std::any_of(inputs_.begin(), inputs_.end(), [&](const Argument& a) { return a.name == name.node; }),
                  "{}: its input '{}' is computed by no node", node_label(node), input);
    }
    return out;
}

std::vector<size_t> Body::order(const std::vector<std::string_view>& wanted, const std::vector<bool>& known) const {
    enum : uint8_t { unseen, open, done };
    std::vector<uint8_t> state(nodes_.size(), unseen);
    std::vector<size_t> out;
    struct Visit {
        size_t node;
        std::vector<size_t> needs;
        size_t next = 0;
    };
    std::vector<Visit> stack;
    auto visit = [&](size_t node) {
        if (state[node] == done || known[node]) return;
        check(state[node] != open, "the nodes form a cycle through {}", node_label(nodes_[node]));
        state[node] = open;
        stack.push_back({node, needs(node)});
    };
    for (std::string_view text : wanted) {
        auto start = find(parse(text).node);
        if (start) visit(*start);
        while (!stack.empty()) {
            Visit& top = stack.back();
            if (top.next < top.needs.size()) {
                visit(top.needs[top.next++]);
                continue;
            }
            state[top.node] = done;
            out.push_back(top.node);
            stack.pop_back();
        }
    }
    return out;
}

}  // namespace tinsmith::tensorflow

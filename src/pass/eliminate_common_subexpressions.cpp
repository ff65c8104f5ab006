// Before: two nodes of one operator with equal operands and attributes; two constants of equal type and content.
// After:  the first serves both.
// When:   not both results are outputs of the graph: a file needs two tensors there; they have one scale; and the operator is no
//         custom one, of which nothing is known.
#include "op/list.hpp"
#include "pass/passes.hpp"

#include <unordered_map>

namespace tinsmith {

namespace {

size_t mixed(size_t hash, size_t more) { return (hash ^ more) * 0x9e3779b97f4a7c15u + (hash >> 29); }

size_t hash_of(const Ints& list) {
    size_t hash = list.size();
    for (int64_t item : list) hash = mixed(hash, static_cast<size_t>(item));
    return hash;
}

size_t hash_of(const Attr& attr) {
    return std::visit(
        [](const auto& value) -> size_t {
            using T = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<T, Ints>)
                return hash_of(value);
            else if constexpr (std::is_same_v<T, Floats>)
                return value.size();
            else
                return std::hash<T>{}(value);
        },
        attr);
}

size_t hash_of(const Node& node) {
    size_t hash = std::hash<const void*>{}(node.op);
    for (ValueId id : node.inputs) hash = mixed(hash, id);
    for (const auto& [name, attr] : node.attrs) hash = mixed(hash, hash_of(attr));
    return hash;
}

// Only the first bytes: enough to tell most constants apart, and cheap on large ones.
size_t hash_of(const Value& constant) {
    size_t hash = mixed(hash_of(constant.type.shape), static_cast<size_t>(constant.type.dtype));
    auto head = constant.data->splat_element();
    if (head.empty()) head = constant.data->bytes();
    head = head.first(std::min<size_t>(head.size(), 64));
    return mixed(hash, std::hash<std::string_view>{}({reinterpret_cast<const char*>(head.data()), head.size()}));
}

class Constants {
public:
    explicit Constants(const Graph& graph) : graph_(graph) {}
    ValueId first_equal(ValueId id) {
        if (!graph_.is_constant(id)) return id;
        const Value& value = graph_.value(id);
        auto [from, to] = seen_.equal_range(hash_of(value));
        for (; from != to; ++from) {
            const Value& other = graph_.value(from->second);
            if (from->second == id || (other.type == value.type && same_content(*other.data, *value.data))) return from->second;
        }
        seen_.emplace(hash_of(value), id);
        return id;
    }

private:
    const Graph& graph_;
    std::unordered_multimap<size_t, ValueId> seen_;
};

}  // namespace

int eliminate_common_subexpressions(Graph& graph, const PassOptions&) {
    Constants constants(graph);
    int merged = 0;
    for (Node& node : graph.nodes)
        for (ValueId& id : node.inputs) {
            ValueId first = id == no_value ? id : constants.first_equal(id);
            merged += first != id ? 1 : 0;
            id = first;
        }
    std::unordered_multimap<size_t, Node> seen;
    merged += rewrite(graph, [&](Rewriter& r, const Node& node) {
        if (node.inputs.empty() || node.is(op::Custom)) return false;
        size_t hash = hash_of(node);
        auto [from, to] = seen.equal_range(hash);
        for (; from != to; ++from) {
            const Node& other = from->second;
            if (other.op != node.op || other.inputs != node.inputs || !(other.attrs == node.attrs)) continue;
            bool differ = false;
            for (size_t i = 0; i < node.outputs.size(); ++i) {
                ValueId now = node.outputs[i], then = other.outputs[i];
                differ =
                    differ || (r.is_graph_output(now) && r.is_graph_output(then)) || r.type(now).quant != r.type(then).quant;
            }
            if (differ) continue;
            for (size_t i = 0; i < node.outputs.size(); ++i) r.replace(node.outputs[i], other.outputs[i]);
            return true;
        }
        seen.emplace(hash, node);
        return false;
    });
    return merged;
}

}  // namespace tinsmith

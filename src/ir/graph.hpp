// The graph: values and nodes by id. A plain copyable value; constants are shared between copies.
#pragma once

#include "base/buffer.hpp"
#include "ir/attr.hpp"
#include "ir/type.hpp"

#include <string>
#include <vector>

namespace tinsmith {

struct OpDef;

using ValueId = uint32_t;
inline constexpr ValueId no_value = UINT32_MAX;  // an optional operand that is absent

struct Value {
    std::string name;  // for people; need not be unique
    Type type;
    std::optional<Buffer> data;  // set: a constant
    bool is_constant() const { return data.has_value(); }
};

struct Node {
    const OpDef* op = nullptr;
    std::vector<ValueId> inputs;  // no_value where an optional operand is absent
    std::vector<ValueId> outputs;
    Attrs attrs;
    std::string origin;  // the source's name for what this computes, e.g. "/head/Gemm"

    // Attribute by name, or the operator's default. Throws Fault::internal when the operator has no such attribute.
    bool flag(std::string_view name) const;
    int64_t integer(std::string_view name) const;
    double real(std::string_view name) const;
    const std::string& text(std::string_view name) const;
    const Ints& ints(std::string_view name) const;
    const Floats& floats(std::string_view name) const;
    const Graph& graph(std::string_view name) const;

    ValueId input(size_t index) const { return index < inputs.size() ? inputs[index] : no_value; }
    bool is(const OpDef& def) const { return op == &def; }
};

// An input or output of the graph under the name that the outside world uses.
struct Port {
    std::string name;
    ValueId value = no_value;
    std::string note;  // what differs from the source's interface, e.g. "channels-last (source: 1x3x224x224)"
};

// What a model remembers from one run to the next.
struct State {
    std::string name;
    ValueId value = no_value;  // what a run finds, as it finds an input
    ValueId next = no_value;   // what it leaves for the next one, of the same type
    Buffer initial;            // what the first run finds
};

struct Graph {
    std::string name;
    std::vector<Value> values;
    std::vector<Node> nodes;  // always in topological order
    std::vector<Port> inputs, outputs;
    std::vector<State> states;

    ValueId add_value(std::string value_name, Type type) {
        values.push_back({std::move(value_name), std::move(type), std::nullopt});
        return static_cast<ValueId>(values.size() - 1);
    }
    // Requires data.size() == type.bytes().
    ValueId add_constant(std::string name, Type type, Buffer data);

    const Value& value(ValueId id) const { return values[id]; }
    const Type& type(ValueId id) const { return values[id].type; }
    bool is_constant(ValueId id) const { return id != no_value && values[id].is_constant(); }
    // Elements of a constant as T (converted from whichever integer, float or bool type it has).
    std::vector<int64_t> constant_ints(ValueId id) const;
    std::vector<float> constant_floats(ValueId id) const;
};

// How many samples may run side by side: those of a graph with states follow each other.
inline int side_by_side(const Graph& graph, int threads) { return graph.states.empty() ? threads : 1; }

}  // namespace tinsmith

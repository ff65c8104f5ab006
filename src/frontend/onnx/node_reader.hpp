// What a converter of one ONNX operator sees: its node, its operands as graph values, and where to add nodes.
#pragma once

#include "format/onnx/model.hpp"
#include "frontend/compose/layout.hpp"
#include "ir/builder.hpp"
#include "op/list.hpp"

#include <functional>

namespace tinsmith {

struct SeparateGraph {
    Graph graph;
    std::vector<ValueId> captured;
};

class NodeReader {
public:
    Builder& b;  // adds nodes with this ONNX node's name as origin; folds constants at once
    const onnx::Node& node;
    int opset;                // version of the node's domain
    std::vector<ValueId> in;  // no_value where an optional input is absent
    // Declared output types (value_info, graph outputs), where fully static. Same length as node.outputs.
    std::vector<std::optional<Type>> declared;
    // Converts a sub-graph attribute in the scope of this node; `args` are its inputs. Returns its outputs.
    std::function<std::vector<ValueId>(const onnx::Graph&, const std::vector<ValueId>& args)> inline_graph;
    // Converts a sub-graph attribute to a graph of its own, for If and While: its inputs are those of `types`, then one for each
    // captured value of the surrounding graph.
    std::function<SeparateGraph(const onnx::Graph&, const std::vector<Type>& types)> separate_graph;
    bool unroll_rnn = true;  // whether recurrent layers without an operator of their own are written step by step, or as loops

    bool has(size_t i) const { return i < in.size() && in[i] != no_value; }
    ValueId operand(size_t i) const;  // throws Fault::input when it is absent
    const Type& type(size_t i) const { return b.type(operand(i)); }
    const Shape& shape(size_t i) const { return type(i).shape; }
    int64_t rank(size_t i) const { return type(i).rank(); }
    bool wants(size_t output) const;  // the output exists and has a name

    // Attributes; a wrong kind throws Fault::input.
    bool has_attribute(std::string_view name) const { return node.attribute(name) != nullptr; }
    int64_t integer(std::string_view name, int64_t fallback) const;
    int64_t integer(std::string_view name) const;  // throws Fault::input when it is missing
    double real(std::string_view name, double fallback) const;
    std::string text(std::string_view name, std::string_view fallback) const;
    Ints integers(std::string_view name, Ints fallback) const;
    std::optional<Ints> integers(std::string_view name) const;
    std::vector<float> reals(std::string_view name) const;  // empty when it is missing
    ValueId tensor(std::string_view name) const;            // an attribute tensor as a constant
    const onnx::Graph& graph(std::string_view name) const;  // throws Fault::input when it is missing

    // A parameter that newer opsets pass as an input: its constant elements, or nullopt when it is absent. Throws
    // Fault::unsupported, naming the input and the option --set, when it is computed at run time.
    std::optional<Ints> constant_ints(size_t i) const;
    std::optional<std::vector<float>> constant_floats(size_t i) const;
    bool is_constant(size_t i) const { return has(i) && b.graph.is_constant(in[i]); }
};

// Converts one ONNX node: returns the values of its outputs, in order (trailing unused ones may be left out).
using ConvertOnnx = std::vector<ValueId> (*)(NodeReader&);

struct OnnxOp {
    std::string_view name;
    ConvertOnnx convert;
    std::string_view domain = "";
    int since = 1;  // first opset whose meaning `convert` implements; older ones are refused by name
};

}  // namespace tinsmith

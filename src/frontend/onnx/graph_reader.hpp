// Reads the nodes of an ONNX graph into a graph of ours: order, scopes, functions, and what cannot be converted.
#pragma once

#include "frontend/compose/problems.hpp"
#include "frontend/onnx/scope.hpp"
#include "ir/builder.hpp"

#include <map>

namespace tinsmith {

// What a list of nodes refers to besides tensors: the versions of operators, and the attributes of the function it belongs to.
struct Surroundings {
    const std::map<std::string, int64_t>* opsets = nullptr;
    std::map<std::string, const onnx::Attribute*> attributes;
    std::string origin;  // prefix of the origins of nodes: the call of the function
    int depth = 0;       // of functions and sub-graphs
};

class GraphReader {
public:
    explicit GraphReader(const onnx::Model& model) : model_(model) {}

    // Declared static types of tensors of the main graph, by name.
    std::map<std::string, Type> declared;
    bool unroll_rnn = true;  // see ReadOptions

    // Reads nodes and defines their outputs in `scope`. What cannot be converted is collected; see report().
    void read_nodes(const std::vector<onnx::Node>& nodes, Scope& scope, const Surroundings& around);
    // Throws Fault::unsupported listing all that was collected.
    void report() const;

private:
    void read_node(const onnx::Node& node, Scope& scope, const Surroundings& around);
    std::vector<ValueId> convert(const onnx::Node& node, Scope& scope, const Surroundings& around, std::vector<ValueId> in);
    std::vector<ValueId> call(const onnx::Function& function, const onnx::Node& node, const std::vector<ValueId>& in,
                              Scope& scope, const Surroundings& around);
    std::vector<ValueId> read_subgraph(const onnx::Graph& graph, const std::vector<ValueId>& args, Scope& scope,
                                       const Surroundings& around);
    void define_outputs(const onnx::Node& node, const std::vector<ValueId>& values, Scope& scope);
    void define_unknown(const onnx::Node& node, Scope& scope, const Surroundings& around);
    const onnx::Function* function_of(const onnx::Node& node) const;
    void add_problem(const onnx::Node& node, std::string why);

    const onnx::Model& model_;
    Problems problems_;
    size_t expanded_ = 0;  // nodes read so far, those of functions and loops each time they are read
};

}  // namespace tinsmith

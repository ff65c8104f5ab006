// Adds nodes to a graph: infers their types, and folds those whose inputs are all constant.
#pragma once

#include "ir/op_def.hpp"

namespace tinsmith {

class Builder {
public:
    explicit Builder(Graph& graph) : graph(graph) {}
    // For a graph inside another: what both fold is counted together.
    Builder(Graph& graph, Builder& outer) : graph(graph), budget_(outer.budget()) {}

    Graph& graph;
    std::string origin;  // given to every node that is added

    const Type& type(ValueId id) const { return graph.type(id); }
    const Shape& shape(ValueId id) const { return graph.type(id).shape; }

    ValueId constant(Type type, Buffer data, std::string name = {});
    ValueId floats(std::vector<float> values, Shape shape);
    ValueId ints(std::vector<int32_t> values, Shape shape);   // i32
    ValueId longs(std::vector<int64_t> values, Shape shape);  // i64
    ValueId scalar(double value, DType dtype);                // rank 0
    ValueId splat(double value, Type type);                   // every element the same; takes no memory

    // Adds a node with one output. Returns a constant instead when all inputs are constant and the result is not much larger
    // than they are. Throws Fault::input from the operator's infer.
    ValueId add(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs = {}, const std::string& name = {});
    // The same for an operator with several outputs.
    std::vector<ValueId> add_all(const OpDef& op, std::vector<ValueId> inputs, Attrs attrs = {}, const std::string& name = {});
    // Adds a copy of `node` with other inputs, types inferred anew; keeps its origin and the scales of its outputs.
    std::vector<ValueId> add_like(const Node& node, std::vector<ValueId> inputs, const std::string& name = {});

private:
    std::vector<ValueId> emit(Node node, const std::string& name);
    // What folding may still cost: a small file must become neither a large graph nor hours of work.
    struct Budget {
        size_t bytes = 0;  // results
        size_t work = 0;   // operands, results and multiply-accumulates
    };
    std::shared_ptr<Budget>& budget();
    bool worth_folding(const Node& node, const std::vector<Type>& types);
    std::shared_ptr<Budget> budget_;
    std::vector<ValueId> fold(const Node& node, const std::vector<Type>& types, const std::string& name);
};

// The output types of a node whose inputs are values of `graph`. Scales are known only where the operator fixes or keeps them.
std::vector<Type> infer_types(const Graph& graph, const Node& node);

// Evaluates one node on constants. Requires op->eval. Used by folding and by tests.
std::vector<Buffer> evaluate(const Graph& graph, const Node& node, const std::vector<Type>& types);

}  // namespace tinsmith

// How one node becomes one operator of the file: its code, its operands in TFLite's order, its options.
#pragma once

#include "backend/tflite/tensor_table.hpp"
#include "format/tflite/wire.hpp"
#include "ir/op_def.hpp"

#include <functional>

namespace tinsmith::tflite {

struct Options {
    BuiltinOptions type = BuiltinOptions::NONE;
    flatbuffers::Offset<void> table;
    Options() = default;
    template <class T>
    Options(flatbuffers::Offset<T> t) : type(BuiltinOptionsTraits<T>::enum_value), table(t.Union()) {}
};

struct Operation {
    BuiltinOperator code;
    std::vector<int32_t> inputs;
    Options options;
    std::vector<int32_t> outputs{};        // empty: the node's outputs in order
    std::vector<int32_t> intermediates{};  // tensors that state the scales inside a kernel
    std::string custom_code{};             // of a custom operator: the name that a runtime registers it under
    std::string custom_options{};          // bytes that it alone understands
};

class OperatorWriter {
public:
    const Graph& graph;
    const Node& node;
    flatbuffers::FlatBufferBuilder& fbb;
    TensorTable& tensors;
    std::function<int32_t(const Graph&)> subgraph;  // the index of a sub-graph that is written too

    bool has(size_t i) const { return node.input(i) != no_value; }
    int32_t in(size_t i) const { return tensors.of(node.input(i)); }
    int32_t out(size_t i) const { return tensors.of(node.outputs[i]); }
    const Type& type(size_t i) const { return graph.type(node.input(i)); }
    const Shape& shape(size_t i) const { return type(i).shape; }
    const Type& out_type(size_t i) const { return graph.type(node.outputs[i]); }
    std::vector<int32_t> all_inputs() const;

    // Attributes that TFLite takes as operands: i32 constants.
    int32_t ints(const Ints& values) const { return ints(values, {static_cast<int64_t>(values.size())}); }
    int32_t ints(const Ints& values, Shape shape) const;
    int32_t integer(int64_t value) const { return ints({value}, {}); }
    int32_t scalar(double value, DType dtype) const;
    int32_t scalar_like(double value, const Type& type) const;  // stored as `type` stores it, with its scale

    ActivationFunctionType activation() const;
    int32_t i32(std::string_view attribute) const { return static_cast<int32_t>(node.integer(attribute)); }
    int32_t i32(std::string_view attribute, size_t index) const { return static_cast<int32_t>(node.ints(attribute)[index]); }
};

// Whether a recurrent operator keeps the state in a variable of its own, which starts from zero: no other node sees it.
bool is_kept_inside(const Graph& graph, const State& state);

using WriteOperator = Operation (*)(const OperatorWriter&);

// The function that writes `op`: its own where its attributes need code, else the one for rows that map 1:1. Null: none.
WriteOperator writer_of(const OpDef& op);

// Families, each in its own file.
struct WriteRow {
    std::string_view op;
    WriteOperator write;
};
std::span<const WriteRow> elementwise_writers();
std::span<const WriteRow> movement_writers();
std::span<const WriteRow> reduction_writers();
std::span<const WriteRow> spatial_writers();
std::span<const WriteRow> sequence_writers();

// The lowest version of the operator that accepts these tensors, by TFLite's own rules.
int operator_version(const OperatorWriter& w, const Operation& operation);

}  // namespace tinsmith::tflite

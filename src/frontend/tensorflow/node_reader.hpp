// What a converter of one TensorFlow operator sees: its node, its operands, and where to add nodes.
#pragma once

#include "format/tensorflow/model.hpp"
#include "frontend/compose/compose.hpp"
#include "frontend/tensorflow/operand.hpp"

namespace tinsmith::tensorflow {

class GraphReader;

class NodeReader {
public:
    Builder& b;  // adds nodes with this node's name as origin; folds constants at once
    const Node& node;
    std::vector<Operand> in;                   // control edges are left out
    GraphReader& graph;                        // for what calls functions or reads variables
    const std::vector<Attribute>& call_attrs;  // of the call of the function that holds the node

    bool has(size_t i) const { return i < in.size(); }
    ValueId operand(size_t i) const;  // throws when it is absent or no tensor
    const Type& type(size_t i) const { return b.type(operand(i)); }
    const Shape& shape(size_t i) const { return type(i).shape; }
    int64_t rank(size_t i) const { return type(i).rank(); }
    bool is_constant(size_t i) const { return b.graph.is_constant(operand(i)); }
    // A parameter that must be known while the model is read. Throws Fault::unsupported, naming the input, when it is computed at run time.
    Ints ints(size_t i) const;
    int64_t integer(size_t i) const;  // the only element
    std::vector<float> floats(size_t i) const;
    const Resource& resource(size_t i) const;
    const List& list(size_t i) const;
    // All operands from `first` to before `end` (counted from the back when not positive) as tensors.
    std::vector<ValueId> operands(size_t first = 0, int64_t end = 0) const;

    // Attributes; a wrong kind throws Fault::input, a missing one without fallback too.
    std::optional<AttributeValue> attribute(std::string_view name) const;
    Bytes attribute_bytes(std::string_view name) const;  // the same as the file has it; empty when it is missing
    int64_t integer(std::string_view name, std::optional<int64_t> fallback = std::nullopt) const;
    bool flag(std::string_view name, bool fallback = false) const { return integer(name, fallback) != 0; }
    double real(std::string_view name, double fallback) const;
    std::string text(std::string_view name, std::string_view fallback) const;
    Ints integers(std::string_view name, std::optional<Ints> fallback = std::nullopt) const;
    DType dtype(std::string_view name) const;
    OpenShape open_shape(std::string_view name) const;
    AttributeValue function(std::string_view name) const;
};

// Converts one node: returns its outputs, in order.
using Convert = std::vector<Operand> (*)(NodeReader&);

// A constant tensor of an integer type.
ValueId integers(Builder& b, const Ints& values, Shape shape, DType dtype);
// 0..count-1.
Ints iota(int64_t count);
// Each axis as 0..rank-1; throws Fault::input when one is outside or named twice.
Ints normalized_axes(Ints axes, int64_t rank);
// i32 from any integer type.
ValueId to_i32(Builder& b, ValueId x);

}  // namespace tinsmith::tensorflow

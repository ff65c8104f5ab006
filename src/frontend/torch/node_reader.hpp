// What a converter of one PyTorch operator sees: its node, its arguments by the names of the operator's schema, and where to add nodes.
#pragma once

#include "format/torch/program.hpp"
#include "frontend/compose/compose.hpp"

#include <unordered_map>
#include <unordered_set>
#include <variant>

namespace tinsmith::torch {

// The result of a node that cannot be converted.
struct Unknown {};
// What a name of the program stands for. Numbers (sizes, mostly) are known while the program is read.
struct Number {
    double real = 0;
    int64_t integer = 0;
    bool is_integer = true;
};
using Operand = std::variant<Unknown, ValueId, Number>;
using Scope = std::unordered_map<std::string, Operand>;

class NodeReader {
public:
    NodeReader(Builder& builder, const ProgramNode& of, const Scope& names) : b(builder), m(builder), node(of), scope(names) {}

    Builder& b;
    Compose m;
    const ProgramNode& node;
    const Scope& scope;
    std::vector<std::optional<Type>> declared;  // of the outputs, where they are static
    std::vector<bool> wanted;                   // whether somebody reads the output
    bool unroll_rnn = true;
    std::unordered_set<ValueId>* real_scales =
        nullptr;  // scales that stand for what is chosen at run time: nothing is rounded by them

    // Whether the argument is given and not None.
    bool has(std::string_view name) const;
    // Throws Fault::input where it is missing or of another kind. A number stands for a constant of rank 0: integers are i64, others f32.
    ValueId tensor(std::string_view name) const;
    ValueId tensor_or_none(std::string_view name) const;        // no_value
    std::vector<ValueId> tensors(std::string_view name) const;  // no_value where an element is None
    bool is_number(std::string_view name) const;                // and no tensor
    int64_t integer(std::string_view name) const;
    int64_t integer(std::string_view name, int64_t fallback) const { return has(name) ? integer(name) : fallback; }
    double real(std::string_view name) const;
    double real(std::string_view name, double fallback) const { return has(name) ? real(name) : fallback; }
    bool flag(std::string_view name, bool fallback) const { return has(name) ? integer(name) != 0 : fallback; }
    Ints integers(std::string_view name) const;  // one number is a list of one
    Ints integers(std::string_view name, Ints fallback) const { return has(name) ? integers(name) : std::move(fallback); }
    std::vector<double> reals(std::string_view name) const;
    std::string text(std::string_view name, std::string_view fallback) const;
    std::optional<DType> dtype(std::string_view name) const;  // nothing where it is absent

    const Shape& shape(std::string_view name) const { return b.shape(tensor(name)); }
    const Type& type(std::string_view name) const { return b.type(tensor(name)); }
    // Each of the axes as 0..rank-1. No axes: `none` of them or all.
    int64_t axis(std::string_view name, int64_t rank) const;
    int64_t axis(std::string_view name, int64_t rank, int64_t fallback) const;
    Ints axes(std::string_view name, int64_t rank) const;  // absent or empty: all
    bool wants(size_t output) const { return output < wanted.size() && wanted[output]; }

private:
    const Argument& argument(std::string_view name) const;
    Number number(const Argument::Number& n) const;
    ValueId lookup(const std::string& name) const;
};

// Converts one node: returns the values of its outputs, in order (trailing ones that nobody wants may be left out).
using Convert = std::vector<ValueId> (*)(NodeReader&);

// The element type that PyTorch computes a and b in: bool < integers < floats; within a kind the wider one, tensors before scalars.
DType promoted(const NodeReader& r, ValueId a, ValueId b);
// Both in that type.
std::pair<ValueId, ValueId> promoted_pair(NodeReader& r, ValueId a, ValueId b);
// f32 of integers and booleans, as PyTorch's functions of real numbers do.
ValueId as_float(NodeReader& r, ValueId x);
// Throws Fault::unsupported for anything but float.
ValueId float_operand(const NodeReader& r, std::string_view name);

// A batch of one in front of a tensor that has none (rank == without); see without_batch.
ValueId with_batch(Compose& m, ValueId x, bool add);
ValueId without_batch(Compose& m, ValueId y, bool added);

}  // namespace tinsmith::torch

// What the reader of one TFLite operator sees: its operands as graph values, its options, and where to add nodes.
#pragma once

#include "format/tflite/wire.hpp"
#include "ir/builder.hpp"
#include "op/list.hpp"

#include <functional>

namespace tinsmith::tflite {

class OperatorReader {
public:
    Builder& b;
    const Operator& source;
    BuiltinOperator code;
    const OperatorCode& described;           // the file's entry for it: version, and the name of a custom operator
    std::vector<ValueId> in;                 // no_value where an optional operand is absent
    std::vector<Type> declared;              // what the file says of the outputs
    std::function<GraphRef(int32_t)> graph;  // a sub-graph by its index

    bool has(size_t i) const { return i < in.size() && in[i] != no_value; }
    ValueId operand(size_t i) const {
        check(has(i), "operand {} is absent", i);
        return in[i];
    }
    const Type& type(size_t i) const { return b.type(operand(i)); }
    const Shape& shape(size_t i) const { return type(i).shape; }
    int64_t rank(size_t i) const { return type(i).rank(); }
    bool is_constant(size_t i) const { return has(i) && b.graph.is_constant(in[i]); }
    const Type& declared_type(size_t i) const {
        check(i < declared.size(), "it has {} outputs", declared.size());
        return declared[i];
    }

    template <class T>
    const T& options() const {
        check(source.builtin_options_type() == BuiltinOptionsTraits<T>::enum_value && source.builtin_options() != nullptr,
              "it has no options, or another operator's");
        return *static_cast<const T*>(source.builtin_options());
    }
    // The options, or null where they are left out and their defaults are meant.
    template <class T>
    const T* optional_options() const {
        return source.builtin_options_type() == BuiltinOptions::NONE ? nullptr : &options<T>();
    }

    // Elements of an operand that TFLite may compute but the graph cannot take so.
    Ints constant_ints(size_t i) const {
        supported(is_constant(i), "operand {} is computed at run time", i);
        check(is_integer(type(i).dtype), "operand {} is {}, expected integers", i, to_string(type(i)));
        return b.graph.constant_ints(in[i]);
    }
    int64_t constant_int(size_t i) const {
        Ints all = constant_ints(i);
        check(all.size() == 1, "operand {} has {} elements, expected one", i, all.size());
        return all[0];
    }
    double constant_real(size_t i) const {
        supported(is_constant(i), "operand {} is computed at run time", i);
        auto all = b.graph.constant_floats(in[i]);
        check(all.size() == 1, "operand {} has {} elements, expected one", i, all.size());
        return static_cast<double>(all[0]);
    }

    ValueId reshape(ValueId x, Shape to) { return b.shape(x) == to ? x : b.add(op::Reshape, {x}, {{"shape", std::move(to)}}); }
    // Weights as float where the activations, operand x, are: what hybrid kernels approximate.
    ValueId float_weights(size_t i, size_t x = 0);
    // Weights for an operator that has a hybrid kernel: stored ones stay beside float activations where that kernel takes them,
    // with one scale or one for each index along `axis`.
    ValueId hybrid_weights(size_t i, int axis, size_t x = 0);
    // Whether the kernel of a layer whose x is float and whose weights are these operands (absent ones count) takes them as they are
    // stored: all of them i8, of one scale around 0.
    bool all_stored(std::span<const size_t> weights) const;
    // A value that is not folded, so that what a file stores narrow stays so.
    ValueId dequantized(ValueId x);
    // The attribute of an operator that fuses activations.
    std::string fused(ActivationFunctionType type) const;
    // Applies an activation behind an operator that fuses none.
    ValueId activated(ValueId x, ActivationFunctionType type);
};

using ReadOperator = std::vector<ValueId> (*)(OperatorReader&);

struct ReadRow {
    BuiltinOperator code;
    ReadOperator read;
};
std::span<const ReadRow> elementwise_readers();
std::span<const ReadRow> movement_readers();
std::span<const ReadRow> reshaping_readers();
std::span<const ReadRow> reduction_readers();
std::span<const ReadRow> spatial_readers();
std::span<const ReadRow> sequence_readers();

// The function that reads a built-in, or null when tinsmith has none.
ReadOperator reader_of(BuiltinOperator code);

}  // namespace tinsmith::tflite

// What an edge of a TensorFlow graph carries while the graph is read.
#pragma once

#include "ir/builder.hpp"

#include <memory>
#include <variant>

namespace tinsmith::tensorflow {

// A variable, by the name under which the program knows it: the node of its handle, or its shared name.
struct Resource {
    std::string node, name;
};

struct Strings {
    std::vector<std::string> texts;
};

// A list of tensors whose length is known (TensorList, TensorArray). Copied when it is written to, as the format's lists are values.
struct List {
    std::vector<ValueId> items;  // no_value where nothing was written
    DType dtype = DType::f32;
    std::optional<Shape> element;  // of every item, where it is known
    ValueId whole = no_value;      // the tensor whose rows the items are, where there is one
};
using ListRef = std::shared_ptr<const List>;

// The branch of a Switch that is not taken.
struct Dead {};

// The result of a node that cannot be converted.
struct Unknown {};

using Operand = std::variant<Unknown, ValueId, Resource, Strings, ListRef, Dead>;

}  // namespace tinsmith::tensorflow

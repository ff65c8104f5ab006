// --set name=value: what the user writes, as the elements of an input.
#pragma once

#include "base/buffer.hpp"
#include "ir/type.hpp"

namespace tinsmith {

struct SetValue {
    Shape shape;
    Buffer data;
};

// `text` is a number, a list "1,2,3" or the path of a .npy file. `shape` is the declared one, or nothing when it is not static: a
// number then is a scalar, a list has rank 1. Throws Fault::input when the elements do not fit the type or the shape.
SetValue parse_set_value(const std::string& text, DType dtype, const std::optional<Shape>& shape);

}  // namespace tinsmith

// Partitioned variables: which part of a tensor a checkpoint stores where.
#pragma once

#include "format/tensorflow/model.hpp"

#include <string>

namespace tinsmith::tensorflow {

// Along each axis where the part starts and how long it is; length -1: all of it.
struct Extent {
    int64_t start = 0, length = -1;
    bool operator==(const Extent&) const = default;
};
using Slice = std::vector<Extent>;

// A TensorSliceProto.
Slice decode_slice(Bytes bytes);
// What a graph's restoring asks for: "10 5 0,4:-" is the first four rows of a [10, 5] tensor. Throws Fault::input when it is not of that form.
struct SliceRequest {
    std::vector<int64_t> shape;
    Slice slice;
};
SliceRequest parse_slice(std::string_view text);

// The key under which a checkpoint stores a part of the tensor `name`, in OrderedCode.
std::string slice_key(std::string_view name, const Slice& slice);

// The part of a tensor of `shape`: its own shape. Throws Fault::input where it lies outside.
std::vector<int64_t> slice_shape(const std::vector<int64_t>& shape, const Slice& slice);
// Copies a part into the whole (or, backwards, out of it): `element` bytes an element; both sizes fit their shapes.
void copy_slice(std::span<std::byte> whole, const std::vector<int64_t>& shape, const Slice& slice, std::span<std::byte> part,
                size_t element, bool out_of_whole);

}  // namespace tinsmith::tensorflow

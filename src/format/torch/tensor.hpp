// A tensor of a checkpoint: a view of a storage that several may share.
#pragma once

#include "base/buffer.hpp"
#include "ir/type.hpp"

namespace tinsmith::torch {

struct Tensor {
    DType dtype = DType::f32;
    Shape shape, strides;  // elements; strides >= 0
    int64_t offset = 0;    // elements
    Buffer storage;        // a part of the file
    bool swapped = false;  // stored with the other byte order

    Type type() const { return {dtype, shape, std::nullopt}; }
    bool contiguous() const;
    // The elements in C order and this machine's byte order; shares the storage where they lie there so. Throws Fault::input when an
    // expanded view would become much larger than its storage.
    Buffer elements() const;
};

// Throws Fault::input unless all elements lie inside the storage.
void check_inside(const Tensor& tensor);

}  // namespace tinsmith::torch

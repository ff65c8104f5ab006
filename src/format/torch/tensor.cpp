#include "format/torch/tensor.hpp"

#include <algorithm>

namespace tinsmith::torch {

// A view that repeats its elements (expand) may become this large whatever its storage is.
static constexpr size_t max_expanded = size_t{1} << 28;

bool Tensor::contiguous() const {
    int64_t expected = 1;
    for (size_t i = shape.size(); i-- > 0;) {
        if (shape[i] != 1 && strides[i] != expected) return false;
        expected *= shape[i];
    }
    return true;
}

void check_inside(const Tensor& tensor) {
    const size_t size = dtype_bits(tensor.dtype) / 8;
    const auto held = static_cast<int64_t>(tensor.storage.size() / size);
    check(tensor.offset <= held, "it starts at element {} of a storage of {}", tensor.offset, held);
    if (element_count(tensor.shape) == 0) return;
    int64_t last = tensor.offset;
    for (size_t i = 0; i < tensor.shape.size(); ++i) {
        const int64_t steps = tensor.shape[i] - 1;
        const bool fits = steps == 0 || tensor.strides[i] <= (held - 1 - last) / steps;
        check(last < held && fits, "a view of {} with these strides leaves its storage of {} elements", to_string(tensor.shape),
              held);
        last += steps * tensor.strides[i];
    }
    check(last < held, "a view of {} leaves its storage of {} elements", to_string(tensor.shape), held);
}

static void gather(const Tensor& tensor, size_t size, std::byte* to) {
    const std::byte* from = tensor.storage.bytes().data();
    Shape index(tensor.shape.size());
    int64_t at = tensor.offset;
    for (int64_t left = element_count(tensor.shape); left > 0; --left) {
        std::copy_n(from + static_cast<size_t>(at) * size, size, to);
        to += size;
        for (size_t axis = index.size(); axis-- > 0;) {
            at += tensor.strides[axis];
            if (++index[axis] < tensor.shape[axis]) break;
            at -= tensor.strides[axis] * tensor.shape[axis];
            index[axis] = 0;
        }
    }
}

Buffer Tensor::elements() const {
    const size_t size = dtype_bits(dtype) / 8, bytes = type().bytes();
    if (bytes == 0) return {};
    if (contiguous() && !swapped) return storage.slice(static_cast<size_t>(offset) * size, bytes);
    check(bytes <= std::max(storage.size(), max_expanded), "a view of {} repeats a storage of {} bytes", to_string(type()),
          storage.size());
    std::vector<std::byte> out(bytes);
    gather(*this, size, out.data());
    if (swapped)
        for (size_t i = 0; i < bytes; i += size) std::reverse(out.data() + i, out.data() + i + size);
    return Buffer::of(std::move(out));
}

}  // namespace tinsmith::torch

// An immutable run of bytes shared by whoever needs it: mapped from a file, allocated, or one element repeated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tinsmith {

class Buffer {
public:
    Buffer() = default;
    // Views [data, data + size); `owner` keeps those bytes alive.
    Buffer(std::shared_ptr<const void> owner, const std::byte* data, size_t size)
        : owner_(std::move(owner)), data_(data), size_(size) {}

    static Buffer copy_of(std::span<const std::byte> bytes);
    // Takes over a vector without copying its elements.
    template <class T>
    static Buffer of(std::vector<T> elements) {
        auto owner = std::make_shared<const std::vector<T>>(std::move(elements));
        auto* data = reinterpret_cast<const std::byte*>(owner->data());
        return Buffer(owner, data, owner->size() * sizeof(T));
    }
    // `total` bytes (a multiple of the element's size) that repeat one element of at most 16 bytes. Occupies memory only once
    // bytes() is asked for.
    static Buffer splat(std::span<const std::byte> element, size_t total);

    bool empty() const { return size_ == 0; }
    size_t size() const { return size_; }
    // The repeated element, or an empty span when the buffer is an ordinary one.
    std::span<const std::byte> splat_element() const;
    // All bytes, materialised on first use when the buffer is a splat. The address may be unaligned (mapped files).
    std::span<const std::byte> bytes() const;
    // The same content at an address that is a multiple of `alignment` (a copy only when it is not one already).
    Buffer aligned(size_t alignment) const;
    // A part of this buffer, sharing its owner. Not for splats. Requires offset + size <= size().
    Buffer slice(size_t offset, size_t size) const;

    friend bool same_content(const Buffer& a, const Buffer& b);

private:
    struct Splat;
    std::shared_ptr<const void> owner_;
    const std::byte* data_ = nullptr;
    size_t size_ = 0;
    std::shared_ptr<Splat> splat_;
};

}  // namespace tinsmith

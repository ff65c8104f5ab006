#include "base/buffer.hpp"

#include <array>
#include <mutex>

namespace tinsmith {

struct Buffer::Splat {
    std::array<std::byte, 16> element{};
    size_t element_size = 0;
    std::once_flag once;
    std::vector<std::byte> bytes;
};

Buffer Buffer::copy_of(std::span<const std::byte> bytes) {
    return Buffer::of(std::vector<std::byte>(bytes.begin(), bytes.end()));
}

Buffer Buffer::splat(std::span<const std::byte> element, size_t total) {
    Buffer out;
    out.splat_ = std::make_shared<Splat>();
    out.splat_->element_size = element.size();
    std::memcpy(out.splat_->element.data(), element.data(), element.size());
    out.size_ = total;
    return out;
}

std::span<const std::byte> Buffer::splat_element() const {
    if (!splat_) return {};
    return {splat_->element.data(), splat_->element_size};
}

std::span<const std::byte> Buffer::bytes() const {
    if (!splat_) return {data_, size_};
    std::call_once(splat_->once, [this] {
        splat_->bytes.resize(size_);
        for (size_t at = 0; at < size_; at += splat_->element_size)
            std::memcpy(splat_->bytes.data() + at, splat_->element.data(), splat_->element_size);
    });
    return splat_->bytes;
}

Buffer Buffer::aligned(size_t alignment) const {
    if (splat_ || size_ == 0 || reinterpret_cast<uintptr_t>(data_) % alignment == 0) return *this;
    return copy_of(bytes());
}

Buffer Buffer::slice(size_t offset, size_t size) const { return Buffer(owner_, data_ + offset, size); }

bool same_content(const Buffer& a, const Buffer& b) {
    if (a.size() != b.size()) return false;
    if (a.splat_ && b.splat_ && a.splat_->element_size == b.splat_->element_size) return a.splat_->element == b.splat_->element;
    if (!a.splat_ && !b.splat_ && a.data_ == b.data_) return true;
    if (a.size() == 0) return true;
    return std::memcmp(a.bytes().data(), b.bytes().data(), a.size()) == 0;
}

}  // namespace tinsmith

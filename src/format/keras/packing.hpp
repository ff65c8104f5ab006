// Numbers, texts and bytes one after the other, from one process of ours to another.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace tinsmith::keras {

inline constexpr int most_dimensions = 8;  // of a dataset

class Packer {
public:
    explicit Packer(std::vector<std::byte>& out) : out_(out) {}
    void number(uint64_t n) { raw(std::as_bytes(std::span(&n, 1))); }
    void bytes(std::span<const std::byte> b) {
        number(b.size());
        raw(b);
    }
    void text(std::string_view t) { bytes(std::as_bytes(std::span(t.data(), t.size()))); }

private:
    void raw(std::span<const std::byte> b) { out_.insert(out_.end(), b.begin(), b.end()); }
    std::vector<std::byte>& out_;
};

// Throws Fault::input where the bytes end too early.
class Unpacker {
public:
    explicit Unpacker(std::span<const std::byte> in) : in_(in) {}
    bool done() const { return in_.empty(); }
    uint64_t number() {
        uint64_t n = 0;
        std::memcpy(&n, take(sizeof n).data(), sizeof n);
        return n;
    }
    std::span<const std::byte> bytes() { return take(number()); }
    std::string text() {
        const auto b = bytes();
        return {reinterpret_cast<const char*>(b.data()), b.size()};
    }

private:
    std::span<const std::byte> take(uint64_t count) {
        check(count <= in_.size(), "it ends too early");
        const auto piece = in_.first(count);
        in_ = in_.subspan(count);
        return piece;
    }
    std::span<const std::byte> in_;
};

}  // namespace tinsmith::keras

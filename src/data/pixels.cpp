#include "data/pixels.hpp"

#include "data/convert.hpp"
#include "ir/permutation.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <numeric>

namespace tinsmith {

std::optional<PixelInput> pixel_input(const Shape& input, std::optional<Layout> layout) {
    Shape s = input;
    if (s.size() > 1 && s[0] == 1) s.erase(s.begin());
    const auto counts_channels = [](int64_t extent) { return extent == 1 || extent == 3; };
    const bool first = s.size() == 3 && counts_channels(s[0]) && layout == Layout::nchw;
    if (s.size() == 3 && counts_channels(s[2]) && !first) return PixelInput{s[0], s[1], s[2], false};
    if (s.size() == 3 && counts_channels(s[0])) return PixelInput{s[1], s[2], s[0], true};
    if (s.size() == 2) return PixelInput{s[0], s[1], 1, false};
    if (s.size() != 1) return std::nullopt;
    const auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(s[0]))));
    if (side * side != s[0] || side < 2) return std::nullopt;
    return PixelInput{side, side, 1, false};
}

PixelTable::PixelTable(const Type& to, const std::optional<Normalization>& normalize) : size_(dtype_bits(to.dtype) / 8) {
    channels_ = normalize ? normalize->mean.size() : 1;
    const bool stored = !normalize && to.quant && size_ == 1;
    for (size_t c = 0; c < channels_; ++c) {
        std::array<float, 256> real{};
        for (size_t p = 0; p < 256; ++p)
            real[p] = normalize ? normalize->real(static_cast<double>(p), c) : static_cast<float>(p);
        if (stored)
            for (size_t p = 0; p < 256; ++p) elements_.push_back(static_cast<std::byte>(to.dtype == DType::i8 ? p ^ 128 : p));
        else {
            const auto part = converted(reinterpret_cast<const std::byte*>(real.data()), 256, DType::f32, to);
            elements_.insert(elements_.end(), part.begin(), part.end());
        }
    }
}

namespace {

// Rows of the result's last dimension: how they lie in the source, and which channel they begin with.
struct Walk {
    Shape outer;                       // extents of the other dimensions
    std::vector<size_t> step, toward;  // of each: in the source, in channels
    size_t length = 1, inner_step = 1, inner_channel = 0;
};

Walk walk_of(const Shape& from, const Ints& perm, size_t axis, bool by_channel) {
    std::vector<size_t> stride(from.size(), 1);
    for (size_t i = from.size(); i-- > 1;) stride[i - 1] = stride[i] * static_cast<size_t>(from[i]);
    Walk out;
    if (!by_channel && perm.empty()) {
        out.length = static_cast<size_t>(std::accumulate(from.begin(), from.end(), int64_t{1}, std::multiplies<>()));
        return out;
    }
    for (size_t d = 0; d < from.size(); ++d) {
        const size_t source = perm.empty() ? d : static_cast<size_t>(perm[d]);
        out.outer.push_back(from[source]);
        out.step.push_back(stride[source]);
        out.toward.push_back(by_channel && d == axis ? 1 : 0);
    }
    if (out.outer.empty()) return out;
    out.length = static_cast<size_t>(out.outer.back());
    out.inner_step = out.step.back();
    out.inner_channel = out.toward.back();
    out.outer.pop_back();
    return out;
}

template <class T>
void spread(const uint8_t* pixels, const Walk& walk, const T* table, T* to) {
    Shape index(walk.outer.size(), 0);
    size_t source = 0, channel = 0;
    while (true) {
        const uint8_t* from = pixels + source;
        const T* row = table + channel * 256;
        for (size_t i = 0; i < walk.length; ++i) *to++ = row[i * walk.inner_channel * 256 + from[i * walk.inner_step]];
        size_t d = walk.outer.size();
        for (; d-- > 0;) {
            source += walk.step[d];
            channel += walk.toward[d];
            if (++index[d] < walk.outer[d]) break;
            source -= walk.step[d] * static_cast<size_t>(walk.outer[d]);
            channel -= walk.toward[d] * static_cast<size_t>(walk.outer[d]);
            index[d] = 0;
        }
        if (d == SIZE_MAX) return;
    }
}

}  // namespace

std::vector<std::byte> PixelTable::apply(const uint8_t* pixels, const Shape& from, const Ints& perm, size_t axis) const {
    const Walk walk = walk_of(from, perm, axis, channels_ > 1);
    std::vector<std::byte> out(static_cast<size_t>(element_count(from)) * size_);
    const auto go = [&](auto element) {
        using T = decltype(element);
        spread(pixels, walk, reinterpret_cast<const T*>(elements_.data()), reinterpret_cast<T*>(out.data()));
    };
    if (out.empty()) return out;
    switch (size_) {
        case 1: go(uint8_t{}); break;
        case 2: go(uint16_t{}); break;
        case 4: go(uint32_t{}); break;
        default: go(uint64_t{}); break;
    }
    return out;
}

}  // namespace tinsmith

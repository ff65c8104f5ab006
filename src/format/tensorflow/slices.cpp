#include "format/tensorflow/slices.hpp"

#include "base/error.hpp"
#include "format/protobuf/wire.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace tinsmith::tensorflow {

namespace {

// OrderedCode's number: how many bytes, then these, the highest first.
void add_number(std::string& out, uint64_t value) {
    std::string bytes;
    for (; value != 0; value >>= 8) bytes.insert(bytes.begin(), static_cast<char>(value));
    out.push_back(static_cast<char>(bytes.size()));
    out += bytes;
}

// Its signed number: n bytes hold 7 n bits, in front of which as many ones as there are further bytes.
void add_signed(std::string& out, int64_t value) {
    const uint64_t magnitude = static_cast<uint64_t>(value < 0 ? ~value : value);
    size_t count = 1;
    while (count < 9 && magnitude >> (7 * count - 1) != 0) ++count;
    check(count < 8, "a part of a tensor starts at {}", value);  // larger ones have a header of two bytes
    std::string bytes;
    for (size_t i = count; i-- > 0;) bytes.push_back(static_cast<char>(value >> 8 * i));
    bytes[0] = static_cast<char>(bytes[0] ^ static_cast<char>(0xff << (8 - count)));
    out += bytes;
}

// Its string: 0 and 255 escaped, then an end that sorts before every other byte.
void add_string(std::string& out, std::string_view text) {
    for (char c : text) {
        out.push_back(c);
        if (c == '\0') out.push_back('\xff');
        if (c == '\xff') out.push_back('\0');
    }
    out += std::string_view("\0\1", 2);
}

int64_t number(std::string_view text) {
    int64_t out = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    check(error == std::errc() && end == text.data() + text.size() && out >= 0, "'{}' is no extent of a part of a tensor",
          text);
    return out;
}

// The text up to `separator`, which is taken off with it.
std::string_view next_part(std::string_view& text, char separator) {
    const size_t at = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return part;
}

}  // namespace

Slice decode_slice(Bytes bytes) {
    Slice out;
    for (WireReader parts(bytes, bytes.data()); !parts.done();) {
        const WireField part = parts.next();
        if (part.number != 1 || part.kind != 2) continue;
        Extent extent;
        for (WireReader fields(part.bytes, bytes.data()); !fields.done();) {
            const WireField f = fields.next();
            if (f.number == 1) extent.start = static_cast<int64_t>(f.scalar);
            if (f.number == 2) extent.length = static_cast<int64_t>(f.scalar);
        }
        check(out.size() < 64, "a part of a tensor has more than 64 dimensions");
        out.push_back(extent);
    }
    return out;
}

SliceRequest parse_slice(std::string_view text) {
    SliceRequest out;
    const size_t last = text.rfind(' ');
    check(last != std::string_view::npos, "'{}' names no part of a tensor", text);
    for (std::string_view dims = text.substr(0, last); !dims.empty();) out.shape.push_back(number(next_part(dims, ' ')));
    for (std::string_view axes = text.substr(last + 1); !axes.empty();) {
        std::string_view axis = next_part(axes, ':');
        Extent extent;
        if (axis != "-") {
            extent.start = number(next_part(axis, ','));
            extent.length = number(axis);
        }
        out.slice.push_back(extent);
    }
    check(out.slice.size() == out.shape.size(), "'{}' names no part of a tensor", text);
    return out;
}

std::string slice_key(std::string_view name, const Slice& slice) {
    std::string out;
    add_number(out, 0);
    add_string(out, name);
    add_number(out, slice.size());
    for (const Extent& extent : slice) {
        add_signed(out, extent.start);
        add_signed(out, extent.length);
    }
    return out;
}

std::vector<int64_t> slice_shape(const std::vector<int64_t>& shape, const Slice& slice) {
    check(shape.size() == slice.size(), "a part of {} dimensions of a tensor of {}", slice.size(), shape.size());
    std::vector<int64_t> out;
    for (size_t d = 0; d < shape.size(); ++d) {
        const auto [start, length] = slice[d];
        check(start >= 0 && start <= shape[d] && length >= -1 && length <= shape[d] - start,
              "a part from {} of length {} of {}", start, length, shape[d]);
        out.push_back(length < 0 ? shape[d] : length);
    }
    return out;
}

void copy_slice(std::span<std::byte> whole, const std::vector<int64_t>& shape, const Slice& slice, std::span<std::byte> part,
                size_t element, bool out_of_whole) {
    const std::vector<int64_t> extents = slice_shape(shape, slice);
    if (part.empty()) return;
    const size_t rank = shape.size(), run = rank == 0 ? element : static_cast<size_t>(extents.back()) * element;
    std::vector<int64_t> at(rank, 0);
    for (size_t from = 0; from < part.size(); from += run) {
        size_t place = 0;
        for (size_t d = 0; d < rank; ++d)
            place = place * static_cast<size_t>(shape[d]) + static_cast<size_t>(at[d] + std::max<int64_t>(slice[d].start, 0));
        std::byte* outer = whole.data() + place * element;
        std::memcpy(out_of_whole ? part.data() + from : outer, out_of_whole ? outer : part.data() + from, run);
        for (size_t d = rank - (rank > 0); d-- > 0;) {
            if (++at[d] < extents[d]) break;
            at[d] = 0;
        }
    }
}

}  // namespace tinsmith::tensorflow

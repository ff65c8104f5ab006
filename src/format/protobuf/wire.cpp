#include "format/protobuf/wire.hpp"

#include "base/error.hpp"

#include <cstring>

namespace tinsmith {

std::span<const std::byte> WireReader::take(uint64_t count, const char* what) {
    check(count <= rest_.size(), "byte {}: {} of {} bytes runs past its message, which has {} left", offset(), what, count,
          rest_.size());
    auto taken = rest_.first(static_cast<size_t>(count));
    rest_ = rest_.subspan(static_cast<size_t>(count));
    return taken;
}

uint64_t WireReader::varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        auto byte = std::to_integer<uint64_t>(take(1, "an integer")[0]);
        value |= (byte & 127) << shift;
        if (byte < 128) return value;
    }
    fail(Fault::input, "byte {}: an integer is longer than ten bytes", offset());
}

WireField WireReader::next() {
    const std::byte* start = rest_.data();
    uint64_t tag = varint();
    WireField field;
    field.kind = tag & 7;
    check(tag >> 3 != 0 && tag >> 3 < 1u << 29, "byte {}: {} is no field number", offset(), tag >> 3);
    field.number = static_cast<uint32_t>(tag >> 3);
    const std::byte* content = rest_.data();
    switch (field.kind) {
        case 0: field.scalar = varint(); break;
        case 1:
        case 5: {
            auto bytes = take(field.kind == 1 ? 8 : 4, "a number");
            std::memcpy(&field.scalar, bytes.data(), bytes.size());
            break;
        }
        case 2: {
            uint64_t length = varint();
            content = rest_.data();
            take(length, "a field");
            break;
        }
        default: fail(Fault::input, "byte {}: wire type {} does not occur in files of today", offset(), field.kind);
    }
    field.bytes = {content, rest_.data()};
    field.whole = {start, rest_.data()};
    return field;
}

}  // namespace tinsmith

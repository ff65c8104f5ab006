#include "format/onnx/payload.hpp"

#include "base/error.hpp"
#include "format/protobuf/wire.hpp"

#include <limits>

namespace tinsmith::onnx {

namespace {

constexpr uint32_t raw_field = 9;

// The typed field that holds elements of this type.
uint32_t typed_field(ElementType type) {
    switch (type) {
        case ElementType::f32: return 4;
        case ElementType::f64: return 10;
        case ElementType::i64: return 7;
        case ElementType::u32:
        case ElementType::u64: return 11;
        default: return 5;  // everything smaller travels as int32
    }
}

// Every occurrence of one field, as slices of its content: a packed list, or a single element.
std::vector<WireField> fields_of(std::span<const std::byte> tensor, uint32_t number, const std::byte* file) {
    std::vector<WireField> found;
    for (WireReader reader(tensor, file); !reader.done();) {
        WireField field = reader.next();
        if (field.number == number) found.push_back(field);
    }
    return found;
}

Buffer view(const Buffer& file, std::span<const std::byte> bytes) {
    return file.slice(static_cast<size_t>(bytes.data() - file.bytes().data()), bytes.size());
}

void check_size(size_t have, size_t want) {
    check(have == want, "it holds {} bytes of data where its shape needs {}", have, want);
}

// Float and double lists are stored as the elements themselves.
Buffer fixed_elements(const Buffer& file, const std::vector<WireField>& fields, size_t bytes) {
    if (fields.size() == 1 && fields[0].kind == 2) {
        check_size(fields[0].bytes.size(), bytes);
        return view(file, fields[0].bytes);
    }
    std::vector<std::byte> out;
    for (const WireField& field : fields) out.insert(out.end(), field.bytes.begin(), field.bytes.end());
    check_size(out.size(), bytes);
    return Buffer::of(std::move(out));
}

// Integer lists are varints; the element is the low bytes of each.
Buffer varint_elements(const Buffer& file, const std::vector<WireField>& fields, size_t bytes, size_t element_size) {
    std::vector<std::byte> out;
    auto put = [&](uint64_t value) {
        auto as_signed = static_cast<int64_t>(value);
        if (element_size < 4) {
            int64_t limit = int64_t{1} << (8 * element_size);
            check(as_signed >= -limit / 2 && as_signed < limit, "an element has the value {}, outside its type", as_signed);
        }
        check(out.size() < bytes, "it holds more than the {} bytes of data that its shape needs", bytes);
        const auto* low = reinterpret_cast<const std::byte*>(&value);
        out.insert(out.end(), low, low + element_size);
    };
    for (const WireField& field : fields) {
        if (field.kind == 2) {
            out.reserve(std::min(bytes, out.size() + field.bytes.size() * element_size));
            for (WireReader list(field.bytes, file.bytes().data()); !list.done();) put(list.varint());
        } else {
            put(field.scalar);
        }
    }
    check_size(out.size(), bytes);
    return Buffer::of(std::move(out));
}

}  // namespace

Buffer inline_payload(const Buffer& file, std::span<const std::byte> tensor, ElementType type, int64_t count) {
    auto bytes = (static_cast<size_t>(count) * static_cast<size_t>(element_bits(type)) + 7) / 8;
    auto raw = fields_of(tensor, raw_field, file.bytes().data());
    if (!raw.empty() && !raw.back().bytes.empty()) {
        check_size(raw.back().bytes.size(), bytes);
        return view(file, raw.back().bytes);
    }
    auto fields = fields_of(tensor, typed_field(type), file.bytes().data());
    if (type == ElementType::f32 || type == ElementType::f64) return fixed_elements(file, fields, bytes);
    return varint_elements(file, fields, bytes, std::max<size_t>(1, static_cast<size_t>(element_bits(type)) / 8));
}

}  // namespace tinsmith::onnx

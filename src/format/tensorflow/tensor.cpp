// TensorProto: elements as one run of bytes, or as a list of numbers of which the last stands for all that follow.
#include "base/error.hpp"
#include "format/protobuf/wire.hpp"
#include "format/tensorflow/model.hpp"

namespace tinsmith::tensorflow {

namespace {

constexpr uint32_t content_field = 4, strings_field = 8;

// The typed field that holds elements of this type.
uint32_t typed_field(DataType type) {
    switch (type) {
        case DataType::f32: return 5;
        case DataType::f64: return 6;
        case DataType::i64: return 10;
        case DataType::boolean: return 11;
        case DataType::f16:
        case DataType::bf16: return 13;
        case DataType::u32: return 16;
        case DataType::u64: return 17;
        default: return 7;
    }
}

struct Parts {
    DataType type = DataType::invalid;
    std::vector<int64_t> dims;
    Bytes content;
    std::vector<WireField> others;  // typed lists and strings
};

Parts parts_of(Bytes bytes, const Buffer& file) {
    Parts out;
    for (WireReader reader(bytes, file.bytes().data()); !reader.done();) {
        WireField field = reader.next();
        if (field.number == 1) {
            out.type = static_cast<DataType>(field.scalar);
        } else if (field.number == 2 && field.kind == 2) {
            OpenShape shape = decode_shape(field.bytes, file);
            check(shape.has_value(), "a constant has no rank");
            out.dims = *shape;
        } else if (field.number == content_field && field.kind == 2) {
            out.content = field.bytes;
        } else if (field.number > content_field) {
            out.others.push_back(field);
        }
    }
    return out;
}

size_t elements(const std::vector<int64_t>& dims) {
    int64_t count = 1;
    for (int64_t dim : dims) {
        check(dim >= 0, "a constant's shape has an unknown extent");
        check(dim == 0 || count <= (int64_t{1} << 40) / dim, "its shape has more than 2^40 elements");
        count *= dim;
    }
    return static_cast<size_t>(count);
}

// Appends the elements of one occurrence of the typed field.
void append(const WireField& field, DataType type, size_t element, size_t most, std::vector<std::byte>& out,
            const std::byte* base) {
    auto put = [&](uint64_t value) {
        check(out.size() < most, "it holds more than the {} bytes of data that its shape needs", most);
        const auto* low = reinterpret_cast<const std::byte*>(&value);
        out.insert(out.end(), low, low + element);
    };
    if (type == DataType::f32 || type == DataType::f64) {
        check(field.bytes.size() % element == 0 && out.size() + field.bytes.size() <= most,
              "it holds {} bytes of data where its shape needs {}", out.size() + field.bytes.size(), most);
        out.insert(out.end(), field.bytes.begin(), field.bytes.end());
    } else if (field.kind == 2) {
        for (WireReader list(field.bytes, base); !list.done();) put(list.varint());
    } else {
        put(field.scalar);
    }
}

Buffer typed_elements(const Parts& parts, size_t count, size_t element, const Buffer& file) {
    std::vector<std::byte> out;
    const uint32_t number = typed_field(parts.type);
    const size_t most = count * element;
    for (const WireField& field : parts.others)
        if (field.number == number) append(field, parts.type, element, most, out, file.bytes().data());
    if (out.size() == most) return Buffer::of(std::move(out));
    constexpr std::array<std::byte, 8> zero{};
    if (out.empty()) return Buffer::splat(std::span(zero).first(element), most);
    if (out.size() == element) return Buffer::splat(out, most);
    check(most <= 64 * (file.size() + (size_t{1} << 20)), "it repeats one number {} times", count);
    const std::vector<std::byte> last(out.end() - static_cast<ptrdiff_t>(element), out.end());
    while (out.size() < most) out.insert(out.end(), last.begin(), last.end());
    return Buffer::of(std::move(out));
}

}  // namespace

Tensor decode_tensor(Bytes bytes, const Buffer& file) {
    Parts parts = parts_of(bytes, file);
    Tensor out{parts.type, parts.dims, {}, {}};
    const size_t count = elements(out.dims), element = data_type_bytes(out.type);
    if (out.type == DataType::string) {
        for (const WireField& field : parts.others)
            if (field.number == strings_field && field.kind == 2)
                out.strings.emplace_back(reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size());
        check(out.strings.size() <= count, "it holds {} strings where its shape needs {}", out.strings.size(), count);
    }
    if (element == 0) return out;
    if (parts.content.empty()) {
        out.data = typed_elements(parts, count, element, file);
    } else {
        check(parts.content.size() == count * element, "it holds {} bytes of data where its shape needs {}",
              parts.content.size(), count * element);
        out.data = file.slice(static_cast<size_t>(parts.content.data() - file.bytes().data()), parts.content.size());
    }
    return out;
}

}  // namespace tinsmith::tensorflow

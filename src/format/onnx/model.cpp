#include "format/onnx/model.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "format/protobuf/wire.hpp"

#include <filesystem>

namespace tinsmith::onnx {

std::string_view element_type_name(ElementType type) {
    static constexpr std::string_view names[] = {
        "undefined", "float32",    "uint8",      "int8",         "uint16",         "int16",      "int32",
        "int64",     "string",     "bool",       "float16",      "float64",        "uint32",     "uint64",
        "complex64", "complex128", "bfloat16",   "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
        "uint4",     "int4",       "float4e2m1", "float8e8m0",   "uint2",          "int2",
    };
    auto index = static_cast<size_t>(type);
    return index < std::size(names) ? names[index] : "unknown";
}

int element_bits(ElementType type) {
    switch (type) {
        case ElementType::u4:
        case ElementType::i4: return 4;
        case ElementType::u8:
        case ElementType::i8:
        case ElementType::boolean: return 8;
        case ElementType::u16:
        case ElementType::i16:
        case ElementType::f16:
        case ElementType::bf16: return 16;
        case ElementType::f32:
        case ElementType::i32:
        case ElementType::u32: return 32;
        case ElementType::i64:
        case ElementType::f64:
        case ElementType::u64: return 64;
        default: return 0;
    }
}

const Attribute* Node::attribute(std::string_view wanted) const {
    for (const Attribute& a : attributes)
        if (a.name == wanted) return &a;
    return nullptr;
}

Model read_model(const std::string& path) {
    return decode_model(map_file(path), std::filesystem::path(path).parent_path().string());
}

// The fields of a model: varints for versions, length-delimited for the rest.
bool looks_like_onnx(std::span<const std::byte> head) {
    bool versioned = false;
    try {
        for (WireReader reader(head, head.data()); !reader.done();) {
            WireReader peek = reader;
            auto number = peek.varint() >> 3;
            bool known = (number >= 1 && number <= 8) || number == 14 || number == 20 || number == 25 || number == 26;
            if (!known) return false;
            WireField field = [&] {
                try {
                    return reader.next();
                } catch (const Error&) {
                    return WireField{};  // runs past the head, as the graph of any real model does
                }
            }();
            if (field.number == 0) return versioned;
            if ((field.kind == 0) != (number == 1 || number == 5)) return false;
            versioned = versioned || number == 1 || number == 7 || number == 8;
        }
    } catch (const Error&) {
        return false;
    }
    return versioned;
}

}  // namespace tinsmith::onnx

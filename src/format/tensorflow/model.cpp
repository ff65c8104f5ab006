#include "format/tensorflow/model.hpp"

#include "base/error.hpp"
#include "format/protobuf/wire.hpp"

#include <algorithm>

namespace tinsmith::tensorflow {

std::string_view data_type_name(DataType type) {
    switch (type) {
        case DataType::f32: return "float32";
        case DataType::f64: return "float64";
        case DataType::i32: return "int32";
        case DataType::u8: return "uint8";
        case DataType::i16: return "int16";
        case DataType::i8: return "int8";
        case DataType::string: return "string";
        case DataType::complex64: return "complex64";
        case DataType::i64: return "int64";
        case DataType::boolean: return "bool";
        case DataType::bf16: return "bfloat16";
        case DataType::u16: return "uint16";
        case DataType::complex128: return "complex128";
        case DataType::f16: return "float16";
        case DataType::resource: return "resource";
        case DataType::variant: return "variant";
        case DataType::u32: return "uint32";
        case DataType::u64: return "uint64";
        default: return "unknown";
    }
}

size_t data_type_bytes(DataType type) {
    switch (type) {
        case DataType::u8:
        case DataType::i8:
        case DataType::boolean: return 1;
        case DataType::i16:
        case DataType::u16:
        case DataType::bf16:
        case DataType::f16: return 2;
        case DataType::f32:
        case DataType::i32:
        case DataType::u32: return 4;
        case DataType::f64:
        case DataType::i64:
        case DataType::u64: return 8;
        default: return 0;
    }
}

const Attribute* Node::attribute(std::string_view wanted) const {
    auto found = std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& a) { return a.name == wanted; });
    return found == attributes.end() ? nullptr : &*found;
}

namespace {

// Whether the bytes begin with the field `number`, length-delimited; leaves the reader at its content.
bool enters(WireReader& reader, uint64_t number) {
    if (reader.done() || reader.varint() != (number << 3 | 2)) return false;
    reader.varint();
    return !reader.done();
}

bool matches(Bytes head, bool (*looks)(WireReader&)) {
    try {
        WireReader reader(head, head.data());
        return looks(reader);
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

// The version 1, then a meta graph that begins with its description. An ONNX model's second field would be a name.
bool looks_like_saved_model(Bytes head) {
    return matches(head, [](WireReader& r) { return r.varint() == 8 && r.varint() == 1 && enters(r, 2) && enters(r, 1); });
}

// A node that begins with its name, then its operator. An ONNX model's first field is a number.
bool looks_like_graph(Bytes head) {
    return matches(head, [](WireReader& r) {
        if (!enters(r, 1)) return false;
        WireField name = r.next(), op = r.next();
        return name.number == 1 && name.kind == 2 && op.number == 2 && op.kind == 2;
    });
}

}  // namespace tinsmith::tensorflow

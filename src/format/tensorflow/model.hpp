// TensorFlow's graphs as plain structs: SavedModel, GraphDef, functions and signatures. Everything is a view into the mapped file,
// which must outlive it; attributes and the bodies of functions are decoded when somebody asks for them.
#pragma once

#include "base/buffer.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace tinsmith::tensorflow {

using Bytes = std::span<const std::byte>;

// The values of the format.
enum class DataType : int32_t {
    invalid = 0,
    f32 = 1,
    f64 = 2,
    i32 = 3,
    u8 = 4,
    i16 = 5,
    i8 = 6,
    string = 7,
    complex64 = 8,
    i64 = 9,
    boolean = 10,
    bf16 = 14,
    u16 = 17,
    complex128 = 18,
    f16 = 19,
    resource = 20,
    variant = 21,
    u32 = 22,
    u64 = 23,
};
std::string_view data_type_name(DataType type);  // "float32", "int64", ... for messages
size_t data_type_bytes(DataType type);           // 0 for strings, handles and unknown types

// Nothing: the rank is not known. -1: that extent is not known.
using OpenShape = std::optional<std::vector<int64_t>>;

struct Tensor {
    DataType type = DataType::invalid;
    std::vector<int64_t> dims;
    Buffer data;                            // little-endian elements; its size fits dims
    std::vector<std::string_view> strings;  // for DataType::string
};

struct Attribute {
    std::string_view name;
    Bytes value;  // see decode_attribute()
};

struct AttributeValue {
    enum class Kind : uint8_t { none, text, integer, real, boolean, type, shape, tensor, list, function, placeholder };
    Kind kind = Kind::none;
    std::string_view text;  // of a function: its name; of a placeholder: the attribute of the calling node
    int64_t integer = 0;    // also booleans and types
    float real = 0;
    OpenShape shape;
    Bytes tensor;                       // see decode_tensor()
    std::vector<Attribute> attributes;  // of a function
    // Of a list.
    std::vector<std::string_view> texts;
    std::vector<int64_t> integers;
    std::vector<float> reals;
    std::vector<OpenShape> shapes;
    std::vector<AttributeValue> functions;
};

struct Node {
    std::string_view name, op;
    std::vector<std::string_view> inputs;  // "node", "node:1", in functions "node:output:0"; "^node" last: control edges
    std::vector<Attribute> attributes;
    const Attribute* attribute(std::string_view wanted) const;
};

struct Argument {
    std::string_view name;
    DataType type = DataType::invalid;
};

struct Function {
    std::string_view name;
    std::vector<Argument> inputs, outputs;
    std::vector<Node> nodes;
    std::map<std::string_view, std::string_view> returns;  // output -> tensor
    std::vector<std::string_view> control_returns;         // nodes that run for their effect
};

struct GraphDef {
    Buffer file;
    std::vector<Node> nodes;
    std::map<std::string_view, Bytes> functions;  // see decode_function()
};

struct TensorInfo {
    std::string_view tensor;
    DataType type = DataType::invalid;
    OpenShape shape;
};

struct Signature {
    std::map<std::string_view, TensorInfo> inputs, outputs;
};

struct SavedModel {
    std::vector<std::string_view> tags;
    GraphDef graph;
    std::map<std::string_view, Signature> signatures;
};

// Each throws Fault::input with the place and byte offset where the bytes are no such message, or where a file consists of so many tiny
// parts that memory would be a large multiple of it.
SavedModel decode_saved_model(const Buffer& file);  // the meta graph tagged "serve", or the only one
GraphDef decode_graph(const Buffer& file);
Function decode_function(Bytes bytes, const Buffer& file);
AttributeValue decode_attribute(Bytes value, const Buffer& file);
// Shares the payload with the file unless it has to be repacked. Sizes are checked against the shape.
Tensor decode_tensor(Bytes bytes, const Buffer& file);
OpenShape decode_shape(Bytes bytes, const Buffer& file);

bool looks_like_saved_model(Bytes head);
bool looks_like_graph(Bytes head);

}  // namespace tinsmith::tensorflow

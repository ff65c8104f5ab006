// An ONNX model as plain structs. Tensor payloads are views into the mapped file (or its external data files).
#pragma once

#include "base/buffer.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tinsmith::onnx {

// TensorProto.DataType, the values of the format.
enum class ElementType : int32_t {
    undefined = 0,
    f32 = 1,
    u8 = 2,
    i8 = 3,
    u16 = 4,
    i16 = 5,
    i32 = 6,
    i64 = 7,
    string = 8,
    boolean = 9,
    f16 = 10,
    f64 = 11,
    u32 = 12,
    u64 = 13,
    complex64 = 14,
    complex128 = 15,
    bf16 = 16,
    f8e4m3fn = 17,
    f8e4m3fnuz = 18,
    f8e5m2 = 19,
    f8e5m2fnuz = 20,
    u4 = 21,
    i4 = 22,
    f4e2m1 = 23,
    f8e8m0 = 24,
    u2 = 25,
    i2 = 26,
};
std::string_view element_type_name(ElementType type);  // "float32", "int64", ... for messages
int element_bits(ElementType type);                    // 0 for strings and unknown types

struct Tensor {
    std::string name;
    ElementType type = ElementType::undefined;
    std::vector<int64_t> dims;
    Buffer data;  // little-endian elements, as raw_data holds them (typed fields are repacked); its size fits dims
    std::vector<std::string> strings;  // for ElementType::string
};

struct Graph;

struct Attribute {
    enum class Kind : uint8_t { undefined, real, integer, text, tensor, graph, reals, integers, texts, tensors, graphs, other };
    std::string name;
    Kind kind = Kind::undefined;
    std::string reference;  // ref_attr_name: takes the calling function's attribute
    float real = 0;
    int64_t integer = 0;
    std::string text;
    std::vector<float> reals;
    std::vector<int64_t> integers;
    std::vector<std::string> texts;
    std::vector<Tensor> tensors;  // one for Kind::tensor
    std::vector<std::shared_ptr<const Graph>> graphs;
};

struct Node {
    std::string name, op_type, domain, overload;
    std::vector<std::string> inputs, outputs;  // "" where an optional one is absent
    std::vector<Attribute> attributes;
    std::map<std::string, std::string> metadata;  // metadata_props: the dynamo exporter's module scopes live here
    const Attribute* attribute(std::string_view wanted) const;
};

struct Dim {
    std::optional<int64_t> value;
    std::string symbol;  // dim_param, or empty when nothing is known
};

struct ValueInfo {
    std::string name;
    ElementType type = ElementType::undefined;
    std::optional<std::vector<Dim>> dims;  // absent: rank unknown
    std::string not_a_tensor;              // "sequence", "optional", "map", ... when it is no tensor
};

struct Graph {
    std::string name;
    std::vector<Node> nodes;
    std::vector<Tensor> initializers;
    std::vector<std::string> sparse_initializers;  // names only: they are refused where they are used
    std::vector<ValueInfo> inputs, outputs, values;
};

struct Function {
    std::string name, domain, overload;
    std::vector<std::string> inputs, outputs, attributes;
    std::vector<Attribute> default_attributes;
    std::vector<Node> nodes;
    std::map<std::string, int64_t> opsets;
};

struct Model {
    int64_t ir_version = 0;
    std::string producer, producer_version;
    std::map<std::string, int64_t> opsets;  // domain -> version; the default domain is ""
    Graph graph;
    std::vector<Function> functions;
    std::vector<std::string> external;            // names of the files beside it that hold weights, sorted
    std::map<std::string, std::string> metadata;  // metadata_props: trainers leave the names of the classes here
};

// Reads a model of any size. `path` gives the folder of external data; each external file is mapped, must lie inside that folder
// (no "..", no absolute path, no link out of it) and be long enough. Throws Fault::input naming tensor or node and byte offset.
Model read_model(const std::string& path);
Model decode_model(const Buffer& bytes, const std::string& folder);

// Whether the bytes look like a serialised ModelProto.
bool looks_like_onnx(std::span<const std::byte> head);

}  // namespace tinsmith::onnx

#include "frontend/tensorflow/keep.hpp"

#include "format/tensorflow/write.hpp"
#include "frontend/tensorflow/element.hpp"
#include "frontend/tensorflow/outputs.hpp"

#include <flatbuffers/flexbuffers.h>

#include <algorithm>
#include <array>

namespace tinsmith::tensorflow {

namespace {

using Kind = AttributeValue::Kind;

// What the file says without computing with it: "_output_shapes", "_class".
bool is_remark(std::string_view attribute) { return attribute.starts_with('_'); }

// Element types that the graph holds under another: the kernel would find tensors of the wrong type.
bool is_converted(int64_t type) {
    constexpr std::array converted{DataType::f16, DataType::bf16, DataType::f64};
    return std::find(converted.begin(), converted.end(), static_cast<DataType>(type)) != converted.end();
}

// TFLite's own numbers of element types, by which custom operators know them.
int tflite_type(int64_t type) {
    switch (static_cast<DataType>(type)) {
        case DataType::f32: return 0;
        case DataType::i32: return 2;
        case DataType::u8: return 3;
        case DataType::i64: return 4;
        case DataType::string: return 5;
        case DataType::boolean: return 6;
        case DataType::i16: return 7;
        case DataType::i8: return 9;
        case DataType::u64: return 12;
        case DataType::u32: return 15;
        case DataType::u16: return 16;
        default: fail(Fault::unsupported, "an attribute names the element type {}", type);
    }
}

// The values of the node's attributes, those that name one of the calling node's resolved.
std::vector<std::pair<std::string_view, AttributeValue>> attributes(const NodeReader& r) {
    std::vector<std::pair<std::string_view, AttributeValue>> out;
    for (const Attribute& a : r.node.attributes) {
        if (is_remark(a.name)) continue;
        auto value = r.attribute(a.name);
        supported(value.has_value(), "its attribute '{}' is not known", a.name);
        supported(value->kind != Kind::function && value->functions.empty(), "its attribute '{}' names functions", a.name);
        const bool converted = value->kind == Kind::type && is_converted(value->integer);
        supported(!converted, "it works on {}, which became float32", data_type_name(static_cast<DataType>(value->integer)));
        out.emplace_back(a.name, std::move(*value));
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return out;
}

void add_list(flexbuffers::Builder& map, const char* key, const AttributeValue& value) {
    map.Vector(key, [&] {
        for (std::string_view text : value.texts) map.String(text.data(), text.size());
        for (int64_t number : value.integers) map.Int(number);
        for (float number : value.reals) map.Float(number);
    });
}

std::string finished(flexbuffers::Builder& builder) {
    builder.Finish();
    return {builder.GetBuffer().begin(), builder.GetBuffer().end()};
}

// {attribute: value}. Shapes and tensors have no form there: an operator gets them as operands.
std::string attribute_map(const NodeReader& r) {
    flexbuffers::Builder map;
    map.Map([&] {
        for (const auto& [name, value] : attributes(r)) {
            const std::string key(name);
            switch (value.kind) {
                case Kind::text: map.String(key.c_str(), std::string(value.text)); break;
                case Kind::none:
                case Kind::integer: map.Int(key.c_str(), value.integer); break;
                case Kind::real: map.Float(key.c_str(), value.real); break;
                case Kind::boolean: map.Bool(key.c_str(), value.integer != 0); break;
                case Kind::type: map.Int(key.c_str(), tflite_type(value.integer)); break;
                case Kind::list: add_list(map, key.c_str(), value); break;
                default: break;
            }
        }
    });
    return finished(map);
}

// [operator, NodeDef].
std::string flex_options(const NodeReader& r) {
    Node node{r.node.name, r.node.op, {}, {}};
    for (const auto& [name, value] : attributes(r)) node.attributes.push_back({name, r.attribute_bytes(name)});
    const std::string definition = encode_node(node);
    flexbuffers::Builder options;
    options.Vector([&] {
        options.String(r.node.op.data(), r.node.op.size());
        options.String(definition);
    });
    return finished(options);
}

bool is_in(std::string_view op, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), op) != list.end();
}

// Operators whose results have one element type, whatever the attributes say.
std::optional<DType> fixed_type(std::string_view op) {
    if (op.starts_with("ResizeB") || op == "ResizeArea" || op.starts_with("CropAndResize")) return DType::f32;
    if (is_in(op, {"ApproximateEqual", "InTopK", "InTopKV2"})) return DType::boolean;
    if (op == "Bucketize" || op.starts_with("NonMaxSuppression")) return DType::i32;
    return op == "Where" ? std::optional(DType::i64) : std::nullopt;
}

DType result_type(const NodeReader& r, size_t output) {
    if (output == 0)
        if (auto fixed = fixed_type(r.node.op)) return *fixed;
    if (output == 1 && r.node.op == "MaxPoolWithArgmax")  // a file leaves out what is the default
        return r.node.attribute("Targmax") ? r.dtype("Targmax") : DType::i64;
    for (std::string_view name : {"Tout", "out_type", "output_type", "output_dtype", "DstT", "dtype", "T", "T_out"})
        if (auto value = r.attribute(name)) {
            if (value->kind == Kind::type) return dtype_of(static_cast<DataType>(value->integer));
            if (value->kind == Kind::list && output < value->integers.size())
                return dtype_of(static_cast<DataType>(value->integers[output]));
        }
    supported(r.has(0), "the file does not state the element type of its result");
    return r.type(0).dtype;
}

// The result has the shape of the first operand.
bool keeps_shape(std::string_view op) {
    return is_in(op, {"BesselI0",         "BesselI0e",
                      "BesselI1",         "BesselI1e",
                      "Bucketize",        "Cholesky",
                      "Cumprod",          "CumulativeLogsumexp",
                      "Digamma",          "Erfinv",
                      "Invert",           "Lgamma",
                      "MatrixInverse",    "MatrixSetDiag",
                      "MatrixSetDiagV3",  "Ndtri",
                      "RandomShuffle",    "TensorScatterAdd",
                      "TensorScatterMax", "TensorScatterMin",
                      "TensorScatterSub", "TensorScatterUpdate"});
}

// The result has the shape to which the operands broadcast.
bool broadcasts(std::string_view op) {
    return is_in(op, {"Betainc", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Igamma", "Igammac", "LeftShift", "Mod", "NextAfter",
                      "Polygamma", "RightShift", "TruncateMod", "Zeta"});
}

Shape usual_shape(const NodeReader& r) {
    Shape out = r.shape(0);
    for (size_t i = 1; i < r.in.size() && broadcasts(r.node.op); ++i) out = broadcast(out, r.shape(i));
    return out;
}

Shape result_shape(const NodeReader& r, size_t output, const OpenShape& stated, const ReadOptions& options) {
    const std::string label = output == 0 ? std::string(r.node.name) : fmt::format("{}:{}", r.node.name, output);
    if (auto given = options.shapes.find(label); given != options.shapes.end()) return given->second;
    if (output == 0 && r.has(0) && (keeps_shape(r.node.op) || broadcasts(r.node.op))) return usual_shape(r);
    Shape out = stated.value_or(Shape{-1});
    if (out.size() > 1 && out[0] < 0 && r.has(0) && r.rank(0) > 0) out[0] = r.shape(0)[0];
    supported(
        std::all_of(out.begin(), out.end(), [](int64_t extent) { return extent >= 0; }),
        "kept as it is, the shape of its result has to be known, and the file does not state it: give it with --shape {}=1x16",
        label);
    return out;
}

}  // namespace

bool is_operator(std::string_view op) {
    constexpr std::array families{"TensorArray", "TensorList", "Assign", "ResourceScatter", "StatefulPartitioned"};
    return !is_in(op, {"Placeholder", "Switch", "Merge", "Enter", "Exit", "LoopCond", "NextIteration", "Assert", "While", "If",
                       "Case", "StatelessWhile", "StatelessIf", "StatelessCase", "PartitionedCall"}) &&
           std::none_of(families.begin(), families.end(), [&](const char* family) { return op.starts_with(family); });
}

std::vector<Operand> keep(NodeReader& r, const ReadOptions& options) {
    supported(is_operator(r.node.op) && gives_static_tensors(r.node.op), "it cannot be kept as it is");
    for (size_t i = 0; i < r.in.size(); ++i)
        supported(std::holds_alternative<ValueId>(r.in[i]), "its input {} is no tensor, so that it cannot be kept as it is", i);
    const std::vector<ValueId> operands = r.operands();
    const auto stated = r.attribute("_output_shapes");
    const bool listed = stated && stated->kind == Kind::list && !stated->shapes.empty();
    const size_t count = listed ? stated->shapes.size() : output_count(r.node.op);
    std::string dtypes;
    Ints shapes;
    for (size_t i = 0; i < count; ++i) {
        const Shape shape = result_shape(r, i, listed ? stated->shapes[i] : std::nullopt, options);
        dtypes += (i ? "," : "") + std::string(dtype_name(result_type(r, i)));
        shapes.push_back(std::ssize(shape));
        shapes.insert(shapes.end(), shape.begin(), shape.end());
    }
    const bool flex = options.allow_select_tf_ops;
    const auto values = r.b.add_all(op::Custom, operands,
                                    {{"code", (flex ? "Flex" : "") + std::string(r.node.op)},
                                     {"options", flex ? flex_options(r) : attribute_map(r)},
                                     {"dtypes", dtypes},
                                     {"shapes", shapes}});
    return {values.begin(), values.end()};
}

}  // namespace tinsmith::tensorflow

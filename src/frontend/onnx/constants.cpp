// Operators whose result is known while reading: constants, shapes, and what only passes a value on.
#include "frontend/onnx/ops.hpp"
#include "frontend/onnx/tensor.hpp"

#include <algorithm>

namespace tinsmith::from_onnx {

std::vector<ValueId> constant(NodeReader& r) {
    if (r.has_attribute("value")) return {r.tensor("value")};
    if (r.has_attribute("value_int")) return {r.b.longs({r.integer("value_int")}, {})};
    if (r.has_attribute("value_float")) return {r.b.floats({static_cast<float>(r.real("value_float", 0))}, {})};
    if (auto ints = r.integers("value_ints")) {
        Shape shape{static_cast<int64_t>(ints->size())};
        return {r.b.longs(std::move(*ints), std::move(shape))};
    }
    if (r.has_attribute("value_floats")) {
        std::vector<float> floats = r.reals("value_floats");
        Shape shape{static_cast<int64_t>(floats.size())};
        return {r.b.floats(std::move(floats), std::move(shape))};
    }
    supported(!r.has_attribute("sparse_value"), "sparse constants are not read; store the tensor densely");
    supported(!r.has_attribute("value_string") && !r.has_attribute("value_strings"), "strings have no counterpart in TFLite");
    fail(Fault::input, "the constant has no value");
}

std::vector<ValueId> constant_of_shape(NodeReader& r) {
    r.operand(0);
    std::optional<Ints> shape;
    if (!r.is_constant(0) && r.declared[0]) shape = r.declared[0]->shape;
    if (!shape) shape = r.constant_ints(0);
    element_count(*shape);  // refuses negative and absurd extents
    if (!r.has_attribute("value")) return {r.b.splat(0, Type{DType::f32, *shape, std::nullopt})};
    ValueId value = r.tensor("value");
    check(r.b.type(value).elements() == 1, "attribute 'value' should have one element, its shape is {}",
          to_string(r.b.shape(value)));
    const Value& element = r.b.graph.value(value);
    Type type{element.type.dtype, *shape, std::nullopt};
    Buffer data = Buffer::splat(element.data->bytes(), type.bytes());
    return {r.b.constant(std::move(type), std::move(data))};
}

std::vector<ValueId> dropout(NodeReader& r) {
    auto is_zero = [&](size_t i) {
        if (!r.is_constant(i)) return false;
        std::vector<float> elements = r.b.graph.constant_floats(r.in[i]);
        return elements.size() == 1 && elements[0] == 0;
    };
    supported(!r.has(2) || is_zero(2) || is_zero(1), "the node is in training mode; export the model for inference");
    std::vector<ValueId> out{r.operand(0)};
    if (r.wants(1))
        out.push_back(r.b.splat(1, Type{r.opset >= 10 ? DType::boolean : r.type(0).dtype, r.shape(0), std::nullopt}));
    return out;
}

std::vector<ValueId> identity(NodeReader& r) { return {r.operand(0)}; }

std::vector<ValueId> shape(NodeReader& r) {
    int64_t rank = r.rank(0);
    auto bound = [&](const char* name, int64_t fallback) {
        int64_t at = r.integer(name, fallback);
        return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
    };
    int64_t start = bound("start", 0), end = std::max(start, bound("end", rank));
    const Shape& extents = r.shape(0);
    return {r.b.longs({extents.begin() + start, extents.begin() + end}, {end - start})};
}

std::vector<ValueId> size(NodeReader& r) { return {r.b.longs({r.type(0).elements()}, {})}; }

}  // namespace tinsmith::from_onnx

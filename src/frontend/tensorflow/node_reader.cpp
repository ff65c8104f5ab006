#include "frontend/tensorflow/node_reader.hpp"

#include "frontend/tensorflow/element.hpp"

#include <algorithm>
#include <numeric>

namespace tinsmith::tensorflow {

namespace {

template <class T>
const T& as(const NodeReader& r, size_t i, std::string_view what) {
    check(i < r.in.size(), "input {} is missing", i);
    const T* found = std::get_if<T>(&r.in[i]);
    check(found != nullptr, "input {} is no {}", i, what);
    return *found;
}

}  // namespace

ValueId NodeReader::operand(size_t i) const { return as<ValueId>(*this, i, "tensor"); }
const Resource& NodeReader::resource(size_t i) const { return as<Resource>(*this, i, "variable"); }
const List& NodeReader::list(size_t i) const { return *as<ListRef>(*this, i, "list of tensors"); }

Ints NodeReader::ints(size_t i) const {
    supported(is_constant(i), "input {} is computed at run time; TFLite needs it to be constant", i);
    return b.graph.constant_ints(operand(i));
}

int64_t NodeReader::integer(size_t i) const {
    const Ints list = ints(i);
    check(list.size() == 1, "input {} should be one number, it has {} elements", i, list.size());
    return list[0];
}

std::vector<float> NodeReader::floats(size_t i) const {
    supported(is_constant(i), "input {} is computed at run time; TFLite needs it to be constant", i);
    return b.graph.constant_floats(operand(i));
}

std::vector<ValueId> NodeReader::operands(size_t first, int64_t end) const {
    const int64_t stop = end > 0 ? end : std::ssize(in) + end;
    std::vector<ValueId> out;
    for (int64_t i = static_cast<int64_t>(first); i < stop; ++i) out.push_back(operand(static_cast<size_t>(i)));
    return out;
}

static AttributeValue decoded(Bytes bytes) { return decode_attribute(bytes, Buffer({}, bytes.data(), bytes.size())); }

Bytes NodeReader::attribute_bytes(std::string_view name) const {
    const Attribute* found = node.attribute(name);
    if (!found) return {};
    const AttributeValue value = within(fmt::format("attribute '{}'", name), [&] { return decoded(found->value); });
    if (value.kind != AttributeValue::Kind::placeholder) return found->value;
    for (const Attribute& given : call_attrs)
        if (given.name == value.text) return given.value;
    return {};
}

std::optional<AttributeValue> NodeReader::attribute(std::string_view name) const {
    const Attribute* found = node.attribute(name);
    if (!found) return std::nullopt;
    AttributeValue value = within(fmt::format("attribute '{}'", name), [&] { return decoded(found->value); });
    if (value.kind != AttributeValue::Kind::placeholder) return value;
    for (const Attribute& given : call_attrs)
        if (given.name == value.text) return decoded(given.value);
    return std::nullopt;
}

int64_t NodeReader::integer(std::string_view name, std::optional<int64_t> fallback) const {
    using Kind = AttributeValue::Kind;
    auto value = attribute(name);
    if (!value) {
        check(fallback.has_value(), "attribute '{}' is missing", name);
        return *fallback;
    }
    // A number that is 0 leaves its field out.
    check(
        value->kind == Kind::integer || value->kind == Kind::boolean || value->kind == Kind::type || value->kind == Kind::none,
        "attribute '{}' is no number", name);
    return value->integer;
}

double NodeReader::real(std::string_view name, double fallback) const {
    auto value = attribute(name);
    if (!value) return fallback;
    check(value->kind == AttributeValue::Kind::real, "attribute '{}' is no number", name);
    return value->real;
}

std::string NodeReader::text(std::string_view name, std::string_view fallback) const {
    auto value = attribute(name);
    if (!value) return std::string(fallback);
    check(value->kind == AttributeValue::Kind::text, "attribute '{}' is no text", name);
    return std::string(value->text);
}

Ints NodeReader::integers(std::string_view name, std::optional<Ints> fallback) const {
    auto value = attribute(name);
    if (!value) {
        check(fallback.has_value(), "attribute '{}' is missing", name);
        return *fallback;
    }
    check(value->kind == AttributeValue::Kind::list, "attribute '{}' is no list", name);
    return value->integers;
}

DType NodeReader::dtype(std::string_view name) const { return dtype_of(static_cast<DataType>(integer(name))); }

OpenShape NodeReader::open_shape(std::string_view name) const {
    auto value = attribute(name);
    return value && value->kind == AttributeValue::Kind::shape ? value->shape : std::nullopt;
}

AttributeValue NodeReader::function(std::string_view name) const {
    auto value = attribute(name);
    check(value && value->kind == AttributeValue::Kind::function, "attribute '{}' names no function", name);
    return *value;
}

ValueId integers(Builder& b, const Ints& values, Shape shape, DType dtype) {
    return Compose(b).cast(b.longs(values, std::move(shape)), dtype);
}

Ints iota(int64_t count) {
    Ints all(static_cast<size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

Ints normalized_axes(Ints axes, int64_t rank) {
    for (int64_t& axis : axes) axis = normalized_axis(axis, rank);
    Ints sorted = axes;
    std::sort(sorted.begin(), sorted.end());
    check(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), "an axis is named twice");
    return axes;
}

ValueId to_i32(Builder& b, ValueId x) { return Compose(b).cast(x, DType::i32); }

}  // namespace tinsmith::tensorflow

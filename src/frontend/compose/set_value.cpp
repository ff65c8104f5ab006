#include "frontend/compose/set_value.hpp"

#include "format/npy/npy.hpp"
#include "ir/graph.hpp"

#include <charconv>
#include <limits>

namespace tinsmith {

namespace {

template <class T>
std::vector<T> parse_list(const std::string& text) {
    std::vector<T> out;
    const char *at = text.data(), *end = at + text.size();
    while (true) {
        while (at != end && *at == ' ') ++at;
        T element{};
        auto [next, error] = std::from_chars(at, end, element);
        check(error == std::errc(), "--set: '{}' is no {}, no list of them and no .npy file", text,
              std::is_integral_v<T> ? "integer" : "number");
        out.push_back(element);
        at = next;
        while (at != end && *at == ' ') ++at;
        if (at == end) return out;
        check(*at == ',', "--set '{}': expected ',' between elements", text);
        ++at;
    }
}

template <class T>
Buffer integers_as(const std::vector<int64_t>& elements) {
    std::vector<T> out;
    for (int64_t element : elements) {
        check(std::in_range<T>(element), "--set: {} is outside the range of the input's type", element);
        out.push_back(static_cast<T>(element));
    }
    return Buffer::of(std::move(out));
}

Buffer integers_of(DType dtype, std::vector<int64_t> elements) {
    switch (dtype) {
        case DType::i8: return integers_as<int8_t>(elements);
        case DType::u8: return integers_as<uint8_t>(elements);
        case DType::i16: return integers_as<int16_t>(elements);
        case DType::u16: return integers_as<uint16_t>(elements);
        case DType::i32: return integers_as<int32_t>(elements);
        case DType::u32: return integers_as<uint32_t>(elements);
        case DType::u64: return integers_as<uint64_t>(elements);
        case DType::boolean:
            for (int64_t& element : elements) element = element != 0;
            return integers_as<uint8_t>(elements);
        default: return integers_as<int64_t>(elements);
    }
}

SetValue from_npy(const std::string& path, DType dtype) {
    Array array = read_npy(path);
    Graph holder;
    ValueId id = holder.add_constant(path, array.type(), array.data);
    check(is_float(dtype) || !is_float(array.dtype), "--set: '{}' holds {}, the input is {}", path, dtype_name(array.dtype),
          dtype_name(dtype));
    Buffer data = is_float(dtype) ? Buffer::of(holder.constant_floats(id)) : integers_of(dtype, holder.constant_ints(id));
    return {array.shape, std::move(data)};
}

}  // namespace

SetValue parse_set_value(const std::string& text, DType dtype, const std::optional<Shape>& shape) {
    SetValue out;
    if (text.ends_with(".npy")) {
        out = from_npy(text, dtype);
    } else {
        size_t count = 0;
        if (is_float(dtype)) {
            auto elements = parse_list<float>(text);
            count = elements.size();
            out.data = Buffer::of(std::move(elements));
        } else {
            auto elements = parse_list<int64_t>(text == "true" ? "1" : text == "false" ? "0" : text);
            count = elements.size();
            out.data = integers_of(dtype, std::move(elements));
        }
        if (shape || count != 1) out.shape = {static_cast<int64_t>(count)};
    }
    if (!shape || *shape == out.shape) return out;
    check(element_count(*shape) == element_count(out.shape), "--set: '{}' has the shape {}, the input {}", text,
          to_string(out.shape), to_string(*shape));
    out.shape = *shape;
    return out;
}

}  // namespace tinsmith

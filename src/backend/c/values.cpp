#include "backend/c/values.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace tinsmith::c99 {

namespace {

constexpr size_t columns = 120;

template <class T>
std::vector<std::string> items_of(std::span<const std::byte> bytes, std::string_view type) {
    std::vector<std::string> out;
    out.reserve(bytes.size() / sizeof(T));
    for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
        T value;
        std::memcpy(&value, bytes.data() + at, sizeof value);
        if constexpr (std::is_floating_point_v<T>)
            out.push_back(number(static_cast<double>(value), type));
        else
            out.push_back(number(static_cast<int64_t>(value), type));
    }
    return out;
}

std::vector<std::string> items_of(DType dtype, std::span<const std::byte> bytes) {
    const std::string_view type = c_type(dtype);
    switch (dtype) {
        case DType::f32: return items_of<float>(bytes, type);
        case DType::f64: return items_of<double>(bytes, type);
        case DType::i8: return items_of<int8_t>(bytes, type);
        case DType::i16: return items_of<int16_t>(bytes, type);
        case DType::i32: return items_of<int32_t>(bytes, type);
        case DType::i64: return items_of<int64_t>(bytes, type);
        case DType::u32: return items_of<uint32_t>(bytes, type);
        case DType::u64: return items_of<uint64_t>(bytes, type);
        case DType::u16:
        case DType::f16:
        case DType::bf16: return items_of<uint16_t>(bytes, type);
        default: return items_of<uint8_t>(bytes, type);
    }
}

}  // namespace

std::string_view c_type(DType dtype) {
    switch (dtype) {
        case DType::f32: return "float";
        case DType::f64: return "double";
        case DType::i8: return "int8_t";
        case DType::i16: return "int16_t";
        case DType::i32: return "int32_t";
        case DType::i64: return "int64_t";
        case DType::u32: return "uint32_t";
        case DType::u64: return "uint64_t";
        case DType::u16:
        case DType::f16:
        case DType::bf16: return "uint16_t";
        default: return "uint8_t";
    }
}

size_t c_size(std::string_view type) {
    if (type == "float" || type == "int32_t" || type == "uint32_t") return 4;
    if (type == "double" || type == "int64_t" || type == "uint64_t") return 8;
    return type == "int16_t" || type == "uint16_t" ? 2 : 1;
}

std::string number(int64_t value, std::string_view type) {
    if (type == "uint64_t") return fmt::format("UINT64_C({})", static_cast<uint64_t>(value));
    if (type == "uint32_t") return fmt::format("{}u", static_cast<uint32_t>(value));
    if (value == INT64_MIN) return "INT64_MIN";
    if (value == INT32_MIN) return "INT32_MIN";
    return value > INT32_MAX || value < INT32_MIN ? fmt::format("INT64_C({})", value) : fmt::format("{}", value);
}

std::string number(double value, std::string_view type) {
    if (std::isnan(value)) return "NAN";
    if (std::isinf(value)) return value > 0 ? "INFINITY" : "-INFINITY";
    const std::string_view suffix = type == "double" ? "" : "f";
    // Short decimal forms read better, where they are exact.
    if (std::abs(value) < 1e6 && value * 1024 == std::trunc(value * 1024)) {
        std::string text = fmt::format("{}", value);
        if (text.find_first_of(".e") == std::string::npos) text += ".0";
        return text + std::string(suffix);
    }
    return fmt::format("{:a}{}", value, suffix);
}

std::string wrapped(const std::vector<std::string>& items) {
    std::string out;
    size_t column = columns;
    for (size_t i = 0; i < items.size(); ++i) {
        if (column + items[i].size() + 2 > columns) {
            if (!out.empty()) out.back() = '\n';
            out += "    ";
            column = 4;
        }
        out += items[i];
        out += i + 1 == items.size() ? "" : ", ";
        column += items[i].size() + 2;
    }
    return out;
}

std::string list_of(DType dtype, std::span<const std::byte> bytes) { return wrapped(items_of(dtype, bytes)); }

}  // namespace tinsmith::c99

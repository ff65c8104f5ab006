#include "ir/type.hpp"

#include <algorithm>
#include <array>

namespace tinsmith {

namespace {

struct DTypeRow {
    std::string_view name;
    uint8_t bits;
    enum : uint8_t { real, whole, natural, truth } kind;
};

constexpr std::array<DTypeRow, 14> rows{{{"f32", 32, DTypeRow::real},
                                         {"f16", 16, DTypeRow::real},
                                         {"bf16", 16, DTypeRow::real},
                                         {"f64", 64, DTypeRow::real},
                                         {"i4", 4, DTypeRow::whole},
                                         {"i8", 8, DTypeRow::whole},
                                         {"u8", 8, DTypeRow::natural},
                                         {"i16", 16, DTypeRow::whole},
                                         {"u16", 16, DTypeRow::natural},
                                         {"i32", 32, DTypeRow::whole},
                                         {"u32", 32, DTypeRow::natural},
                                         {"i64", 64, DTypeRow::whole},
                                         {"u64", 64, DTypeRow::natural},
                                         {"bool", 8, DTypeRow::truth}}};

const DTypeRow& row(DType dtype) { return rows[static_cast<size_t>(dtype)]; }

constexpr int64_t max_elements = int64_t{1} << 40;

}  // namespace

std::string_view dtype_name(DType dtype) { return row(dtype).name; }

std::optional<DType> dtype_from_name(std::string_view name) {
    for (size_t i = 0; i < rows.size(); ++i)
        if (rows[i].name == name) return static_cast<DType>(i);
    return std::nullopt;
}

size_t dtype_bits(DType dtype) { return row(dtype).bits; }
bool is_float(DType dtype) { return row(dtype).kind == DTypeRow::real; }
bool is_integer(DType dtype) { return row(dtype).kind == DTypeRow::whole || row(dtype).kind == DTypeRow::natural; }
bool is_signed(DType dtype) { return row(dtype).kind == DTypeRow::real || row(dtype).kind == DTypeRow::whole; }

// Called for every value that is inferred or verified: text is made only for the error.
int64_t element_count(const Shape& shape) {
    int64_t count = 1;
    bool empty = false;
    for (int64_t extent : shape) {
        if (extent < 0) fail(Fault::input, "shape {} has a negative extent", to_string(shape));
        if (extent == 0) {
            empty = true;
            continue;
        }
        if (count > max_elements / extent) fail(Fault::input, "shape {} has more than 2^40 elements", to_string(shape));
        count *= extent;
    }
    return empty ? 0 : count;
}

std::string to_string(const Shape& shape) {
    if (shape.empty()) return "scalar";
    std::string out;
    for (size_t i = 0; i < shape.size(); ++i) out += fmt::format("{}{}", i ? "x" : "", shape[i]);
    return out;
}

Shape broadcast(const Shape& a, const Shape& b) {
    Shape out(std::max(a.size(), b.size()));
    for (size_t i = 0; i < out.size(); ++i) {
        int64_t left = i < out.size() - a.size() ? 1 : a[i - (out.size() - a.size())];
        int64_t right = i < out.size() - b.size() ? 1 : b[i - (out.size() - b.size())];
        if (left != right && left != 1 && right != 1)
            fail(Fault::input, "shapes {} and {} do not broadcast", to_string(a), to_string(b));
        out[i] = left == 1 ? right : left;
    }
    return out;
}

int64_t normalized_axis(int64_t axis, int64_t rank) {
    check(axis >= -rank && axis < rank, "axis {} is outside a tensor of rank {}", axis, rank);
    return axis < 0 ? axis + rank : axis;
}

std::string to_string(const Type& type) {
    std::string out = fmt::format("{}[", dtype_name(type.dtype));
    for (size_t i = 0; i < type.shape.size(); ++i) out += fmt::format("{}{}", i ? "," : "", type.shape[i]);
    return out + "]";
}

}  // namespace tinsmith

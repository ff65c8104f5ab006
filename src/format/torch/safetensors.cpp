#include "format/torch/safetensors.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace tinsmith::torch {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t prefix = 8;
constexpr uint64_t max_header = 100'000'000;  // the format's own limit
constexpr int max_depth = 4;                  // {"name": {"shape": [...]}}
constexpr size_t max_rank = 64;

constexpr std::array<std::pair<std::string_view, DType>, 13> dtypes{{{"F32", DType::f32},
                                                                     {"F16", DType::f16},
                                                                     {"BF16", DType::bf16},
                                                                     {"F64", DType::f64},
                                                                     {"I8", DType::i8},
                                                                     {"U8", DType::u8},
                                                                     {"I16", DType::i16},
                                                                     {"U16", DType::u16},
                                                                     {"I32", DType::i32},
                                                                     {"U32", DType::u32},
                                                                     {"I64", DType::i64},
                                                                     {"U64", DType::u64},
                                                                     {"BOOL", DType::boolean}}};

uint64_t header_size(std::span<const std::byte> head) {
    uint64_t out = 0;
    for (size_t i = prefix; i-- > 0;) out = out << 8 | std::to_integer<uint64_t>(head[i]);
    return out;
}

DType dtype_named(const std::string& name) {
    for (const auto& [known, dtype] : dtypes)
        if (known == name) return dtype;
    fail(Fault::input, "elements of type '{}' are not read{}", name, name.starts_with('C') ? ": complex numbers" : "");
}

uint64_t natural(const Json& j, std::string_view what) {
    check(j.is_number_unsigned(), "{} is no number of 0 or more", what);
    return j.get<uint64_t>();
}

const Json& member(const Json& object, const char* name) {
    check(object.is_object() && object.contains(name), "it has no '{}'", name);
    return object[name];
}

Tensor tensor(const Json& j, const Buffer& data, std::pair<uint64_t, uint64_t>& place) {
    Tensor out;
    const Json& dtype = member(j, "dtype");
    check(dtype.is_string(), "'dtype' is no text");
    out.dtype = dtype_named(dtype.get<std::string>());
    const Json& shape = member(j, "shape");
    check(shape.is_array() && shape.size() <= max_rank, "'shape' is no list of up to {} numbers", max_rank);
    for (const Json& extent : shape) {
        const uint64_t e = natural(extent, "an extent");
        check(e <= uint64_t{1} << 40, "an extent of {}", e);
        out.shape.push_back(static_cast<int64_t>(e));
    }
    const Json& offsets = member(j, "data_offsets");
    check(offsets.is_array() && offsets.size() == 2, "'data_offsets' is no pair");
    place = {natural(offsets[0], "an offset"), natural(offsets[1], "an offset")};
    const auto [begin, end] = place;
    check(begin <= end && end <= data.size(), "bytes {} to {} of {}", begin, end, data.size());
    check(end - begin == out.type().bytes(), "{} in {} bytes", to_string(out.type()), end - begin);
    out.strides.resize(out.shape.size());
    int64_t stride = 1;
    for (size_t i = out.shape.size(); i-- > 0;) {
        out.strides[i] = stride;
        stride *= std::max<int64_t>(out.shape[i], 1);
    }
    out.storage = data.slice(begin, end - begin);
    return out;
}

// Python and Rust both refuse deep JSON; so is no stack or memory spent on it.
Json parsed(std::span<const std::byte> bytes) {
    const auto guard = [](int depth, Json::parse_event_t, Json&) {
        check(depth <= max_depth, "its JSON is nested more than {} deep", max_depth);
        return true;
    };
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    try {
        return Json::parse(text, guard);
    } catch (const Json::exception& e) {
        fail(Fault::input, "its JSON is damaged: {}", e.what());
    }
}

}  // namespace

bool is_safetensors(std::span<const std::byte> head) {
    return head.size() > prefix && header_size(head) <= max_header && header_size(head) >= 2 && head[prefix] == std::byte{'{'};
}

Checkpoint read_safetensors(const Buffer& file) {
    check(file.size() > prefix, "the file ends before its header");
    const uint64_t size = header_size(file.bytes());
    check(size <= max_header && size <= file.size() - prefix, "a header of {} bytes is announced, {} are left", size,
          file.size() - prefix);
    const Json header = parsed(file.bytes().subspan(prefix, size));
    check(header.is_object(), "the header is no JSON object");
    const Buffer data = file.slice(prefix + size, file.size() - prefix - size);
    Checkpoint out;
    out.format = "safetensors";
    std::vector<std::pair<uint64_t, uint64_t>> places;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__") {
            for (const auto& [key, value] : entry.items())
                out.values.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
            continue;
        }
        within(fmt::format("tensor '{}'", name),
               [&, &key = name, &e = entry] { out.tensors.emplace_back(key, tensor(e, data, places.emplace_back())); });
    }
    std::sort(places.begin(), places.end());
    for (size_t i = 1; i < places.size(); ++i)
        check(places[i].first >= places[i - 1].second, "two tensors share the bytes from {} on", places[i].first);
    return out;
}

}  // namespace tinsmith::torch

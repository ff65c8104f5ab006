#include "format/npy/npy.hpp"

#include "base/file.hpp"

#include <algorithm>

namespace tinsmith {

// Elements of `size` bytes from Fortran's order (first index fastest) to C's.
static std::vector<std::byte> in_c_order(std::span<const std::byte> from, const Shape& shape, size_t size) {
    std::vector<std::byte> to(from.size());
    std::vector<size_t> stride(shape.size());
    size_t step = size;
    for (size_t i = 0; i < shape.size(); ++i) {
        stride[i] = step;
        step *= static_cast<size_t>(shape[i]);
    }
    std::vector<int64_t> index(shape.size(), 0);
    size_t source = 0;
    for (size_t at = 0; at < to.size(); at += size) {
        std::memcpy(to.data() + at, from.data() + source, size);
        for (size_t d = shape.size(); d-- > 0;) {
            source += stride[d];
            if (++index[d] < shape[d]) break;
            source -= stride[d] * static_cast<size_t>(shape[d]);
            index[d] = 0;
        }
    }
    return to;
}

// The array that `data` holds as the header says.
static Array arranged(const NpyHeader& header, Buffer data) {
    const size_t size = dtype_bits(header.dtype) / 8;
    if (header.swapped) {
        std::vector<std::byte> swapped(data.bytes().begin(), data.bytes().end());
        for (size_t at = 0; at < swapped.size(); at += size)
            std::reverse(swapped.begin() + static_cast<ptrdiff_t>(at), swapped.begin() + static_cast<ptrdiff_t>(at + size));
        data = Buffer::of(std::move(swapped));
    }
    if (header.fortran_order && header.shape.size() > 1) data = Buffer::of(in_c_order(data.bytes(), header.shape, size));
    const auto bytes = data.bytes();
    if (header.dtype == DType::boolean &&
        std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b > std::byte{1}; })) {
        std::vector<std::byte> truths(bytes.begin(), bytes.end());
        for (std::byte& b : truths) b = b == std::byte{0} ? b : std::byte{1};
        data = Buffer::of(std::move(truths));
    }
    return {header.dtype, header.shape, std::move(data)};
}

Array parse_npy(const Buffer& file) {
    const NpyHeader header = parse_npy_header(file.bytes().first(std::min(file.size(), max_npy_header)));
    const size_t expected = Type{header.dtype, header.shape, {}}.bytes(), present = file.size() - header.data_offset;
    check(present >= expected, "the header says {} elements, {} bytes of data; the file has only {}",
          element_count(header.shape), expected, present);
    check(present == expected, "{} bytes follow after the array's data", present - expected);
    return arranged(header, file.slice(header.data_offset, expected));
}

Array read_npy(const std::string& path) {
    return within(path, [&] { return parse_npy(map_file(path)); });
}

void write_npy(const std::string& path, const Array& array) {
    const std::string header = npy_header(array);
    write_file(path, [&](ByteSink& sink) {
        sink.write_text(header);
        sink.write_buffer(array.data);
    });
}

}  // namespace tinsmith

// NumPy's files: .npy (one array) and .npz (a zip of .npy files).
#pragma once

#include "base/buffer.hpp"
#include "ir/type.hpp"

#include <span>

namespace tinsmith {

// Elements in C order and this machine's byte order.
struct Array {
    DType dtype = DType::f32;
    Shape shape;
    Buffer data;
    Type type() const { return {dtype, shape, std::nullopt}; }
};

// The header of a .npy: what follows it, and how.
struct NpyHeader {
    DType dtype = DType::f32;
    Shape shape;
    bool fortran_order = false;
    bool swapped = false;    // big-endian
    size_t data_offset = 0;  // from the start of the file
};

// Bytes that always suffice for parse_npy_header; longer headers are refused.
inline constexpr size_t max_npy_header = 65536 + 12;

// Throws Fault::input saying what is wrong. `head` is the start of the file, at least max_npy_header bytes or all of it.
NpyHeader parse_npy_header(std::span<const std::byte> head);

// The array of a whole .npy; shares the bytes unless they must be reordered. Versions 1 to 3, any order, numbers and booleans.
Array parse_npy(const Buffer& file);

// Reads a mapped file. Errors name the path.
Array read_npy(const std::string& path);

// The arrays of a .npz; an entry is read when it is asked for, and used where it lies when it is not compressed.
class Npz {
public:
    // Throws Fault::input when the bytes are no zip archive.
    explicit Npz(Buffer file);
    ~Npz();
    Npz(Npz&&) noexcept;
    Npz& operator=(Npz&&) noexcept;

    const std::vector<std::string>& names() const;  // without ".npy", in the order of the archive
    bool contains(std::string_view name) const;
    // Throws Fault::input when there is no such array or it is damaged.
    Array read(std::string_view name) const;

private:
    struct Archive;
    std::unique_ptr<Archive> archive_;
};

Npz open_npz(const std::string& path);

// Both replace `path` only when all is written. Equal arrays give equal bytes.
void write_npy(const std::string& path, const Array& array);
void write_npz(const std::string& path, std::span<const std::pair<std::string, Array>> arrays);

// The header that stands before the array's data, padded so that the data start at a multiple of 64.
std::string npy_header(const Array& array);

}  // namespace tinsmith

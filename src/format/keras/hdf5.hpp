// The part of HDF5 that Keras files are: groups, attributes that are text, arrays of numbers.
#pragma once

#include "base/buffer.hpp"
#include "ir/type.hpp"

#include <map>

namespace tinsmith::keras {

struct Tensor {
    Type type;    // f32, or i64 where the file has integers
    Buffer data;  // a part of the file where that holds little-endian floats in one piece
};

// A file looked through once, by the HDF5 library in a process of its own: that library crashes on damaged files. Paths are those
// of HDF5: "model_weights/dense/kernel:0", "/" for the root. What lies below "optimizer_weights" is left out.
class Hdf5 {
public:
    // Throws Fault::input when the bytes are no HDF5 file.
    explicit Hdf5(const Buffer& file);

    // Whether there is an object. Links to other places, of this file or of others, throw Fault::input.
    bool has(std::string_view path) const;
    // The elements of an attribute that is text, a list of texts, or split over several attributes NAME0, NAME1, …; nothing when
    // it is absent.
    std::optional<std::vector<std::string>> texts(std::string_view object, const std::string& attribute) const;
    // Throws Fault::input when it is absent, damaged, stored outside the file, or larger than the file can hold.
    Tensor tensor(std::string_view path) const;

private:
    struct Object {
        std::map<std::string, std::vector<std::string>> texts;
        std::optional<Tensor> tensor;
        std::string error;  // why it cannot be read
    };
    const Object* find(std::string_view path) const;
    std::map<std::string, Object, std::less<>> objects_;
};

bool looks_like_hdf5(std::span<const std::byte> head);

}  // namespace tinsmith::keras

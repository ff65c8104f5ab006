// Python's pickle as torch.save uses it, read by a machine that knows tensors and plain containers. Nothing in a file is ever run:
// a global name is looked up in a list (globals.hpp), and every other one is refused.
// Format: CPython's Lib/pickletools.py, protocols 1 to 5.
#pragma once

#include "ir/type.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinsmith::torch {

using Ref = uint32_t;  // index into Pickle::values

enum class Kind : uint8_t {
    none,
    boolean,
    integer,
    long_integer,
    real,
    text,
    bytes,
    list,
    tuple,
    dict,
    global,
    storage,
    tensor
};

struct Value {
    Kind kind = Kind::none;
    int64_t integer = 0;  // boolean, integer; how many bytes; index into globals' table, Pickle::storages or Pickle::tensors
    double real = 0;      // real
    std::string_view text{};   // text, bytes, long_integer (little-endian): a part of the file
    std::vector<Ref> items{};  // of a list or tuple; of a dict key, value, key, value, ...
};

struct StorageId {
    std::string key;             // its name in the container
    std::optional<DType> dtype;  // none: bytes of no type
    int64_t elements = 0;
};

struct TensorId {
    size_t storage = 0;  // index into Pickle::storages
    DType dtype = DType::f32;
    int64_t offset = 0;    // elements
    Shape shape, strides;  // elements; nothing is known yet about whether they lie inside the storage
};

struct Pickle {
    std::vector<Value> values;
    std::vector<StorageId> storages;
    std::vector<TensorId> tensors;
    Ref root = 0;
    size_t end = 0;  // where the pickle ended

    const Value& at(Ref ref) const { return values[ref]; }
};

// The pickle that starts at `from`. `bytes` must outlive the result. Throws Fault::input naming the byte: what is truncated, refused
// or larger than anything torch.save writes. Values may contain themselves; whoever walks them must look out.
Pickle decode_pickle(std::span<const std::byte> bytes, size_t from = 0);

}  // namespace tinsmith::torch

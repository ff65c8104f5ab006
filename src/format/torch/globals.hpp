// The names that a pickle may mention: the list of what is read, and what to do about the rest.
#pragma once

#include "ir/type.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tinsmith::torch {

enum class Role : uint8_t {
    ordered_dict,       // collections.OrderedDict
    tensor,             // (storage, offset, shape, strides[, ...])
    tensor_with_dtype,  // (storage, offset, shape, strides, requires_grad, hooks, dtype[, ...])
    parameter,          // (tensor, ...)
    size,               // torch.Size((2, 3))
    device,             // torch.device('cpu')
    encoded_text,       // _codecs.encode('...', 'latin1'): how protocol 2 writes bytes
    bytes,              // bytes()
    object,             // torch._tensor._rebuild_from_type_v2(f, type, arguments, {name: tensor}): its tensors
    named,              // a class or function of torchao, which is never made: what it makes is None
    storage,            // a type of storage: only named
    dtype,              // torch.float32: only named
};

struct Global {
    Role role;
    std::optional<DType> dtype;  // of a storage (none: of bytes) or a dtype
};

// Throws Fault::input with the full name and the way out when the list does not have it.
Global global_named(std::string_view module, std::string_view name);

}  // namespace tinsmith::torch

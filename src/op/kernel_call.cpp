#include "op/kernel_call.hpp"

#include <cstring>

namespace tinsmith {

static KernelArgument address(const void* pointer) {
    return {.kind = KernelArgument::Kind::pointer, .type = "void", .pointer = pointer};
}

static KernelArgument number(size_t n) {
    return {.kind = KernelArgument::Kind::integer, .type = "size_t", .integer = static_cast<int64_t>(n)};
}

void copy_bytes(const EvalContext& c, void* to, const void* from, size_t bytes) {
    if (bytes == 0) return;
    if (!c.calls)
        std::memcpy(to, from, bytes);
    else
        c.calls->add({reinterpret_cast<const void*>(&std::memcpy), {address(to), address(from), number(bytes)}});
}

void clear_bytes(const EvalContext& c, void* to, size_t bytes) {
    if (bytes == 0) return;
    if (!c.calls)
        std::memset(to, 0, bytes);
    else
        c.calls->add({reinterpret_cast<const void*>(&std::memset), {address(to), number(0), number(bytes)}});
}

}  // namespace tinsmith

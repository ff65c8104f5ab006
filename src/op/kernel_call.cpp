#include "op/kernel_call.hpp"

#include <cstring>

namespace tinsmith {

// Beside the context and not in it: only who generates code records.
struct Recording {
    const EvalContext* context = nullptr;
    KernelCalls* calls = nullptr;
};
static thread_local Recording recording;

void record_calls(const EvalContext& c, KernelCalls& calls) {
    recording = {&c, &calls};
    try {
        compute(c);
    } catch (...) {
        recording = {};
        throw;
    }
    recording = {};
}

KernelCalls* calls_of(const EvalContext& c) { return recording.context == &c ? recording.calls : nullptr; }

static KernelArgument address(const void* pointer) {
    return {.kind = KernelArgument::Kind::pointer, .type = "void", .pointer = pointer};
}

static KernelArgument number(size_t n) {
    return {.kind = KernelArgument::Kind::integer, .type = "size_t", .integer = static_cast<int64_t>(n)};
}

void copy_bytes(const EvalContext& c, void* to, const void* from, size_t bytes) {
    if (bytes == 0) return;
    if (KernelCalls* calls = calls_of(c))
        calls->add({reinterpret_cast<const void*>(&std::memcpy), {address(to), address(from), number(bytes)}});
    else
        std::memcpy(to, from, bytes);
}

void clear_bytes(const EvalContext& c, void* to, size_t bytes) {
    if (bytes == 0) return;
    if (KernelCalls* calls = calls_of(c))
        calls->add({reinterpret_cast<const void*>(&std::memset), {address(to), number(0), number(bytes)}});
    else
        std::memset(to, 0, bytes);
}

}  // namespace tinsmith

// How evaluation calls the C99 kernels: at once, or, where code is generated, as a record of what was called with which arguments.
#pragma once

#include "ir/op_def.hpp"

#include <string>

namespace tinsmith {

// An argument of a recorded call, or a member of a structure or an array.
struct KernelArgument {
    enum class Kind : uint8_t { integer, real, pointer, structure, array };
    Kind kind = Kind::integer;
    std::string_view type;  // as C spells it: of the number, of the structure, or of what the pointer points to
    int64_t integer = 0;    // the bits of a uint64_t
    double real = 0;
    const void* pointer = nullptr;  // into an operand, a result, scratch or what was made known; null stays null
    bool by_address = false;        // of a structure
    std::vector<KernelArgument> members{};
};

struct KernelCall {
    const void* kernel = nullptr;  // its address
    std::vector<KernelArgument> arguments;
};

// Receives the calls of one evaluation instead of their results.
class KernelCalls {
public:
    virtual ~KernelCalls() = default;
    virtual void add(KernelCall call) = 0;
    // Constants that later calls are given: an array that lies at `data`, of `bytes` bytes.
    virtual void know(const void* data, size_t bytes, KernelArgument array) = 0;
    // Work space of this evaluation, aligned for every element type; valid during the evaluation.
    virtual std::byte* scratch(size_t bytes) = 0;
};

// Evaluates, with every kernel recorded instead of called. What is recorded must not depend on what computed operands hold.
void record_calls(const EvalContext& c, KernelCalls& calls);
// Where the calls of an evaluation go; null: they are made.
KernelCalls* calls_of(const EvalContext& c);

// Lets calls point to numbers that the evaluation worked out: a table, multipliers.
template <class T>
void known(const EvalContext& c, const T* data, size_t count);
template <class List>
void known(const EvalContext& c, const List& list) {
    known(c, list.data(), list.size());
}

// kernel(arguments...)
template <class... P, class... A>
void call(const EvalContext& c, void (*kernel)(P...), A... arguments);

// Bytes from one place to another, which do not overlap, and bytes of 0.
void copy_bytes(const EvalContext& c, void* to, const void* from, size_t bytes);
void clear_bytes(const EvalContext& c, void* to, size_t bytes);

// Work space of an evaluation, of elements that start as 0.
template <class T>
class Scratch {
public:
    Scratch(const EvalContext& c, int64_t count) {
        const size_t bytes = static_cast<size_t>(count) * sizeof(T);
        KernelCalls* calls = calls_of(c);
        if (!calls) {
            own_.resize(static_cast<size_t>(count));
            data_ = own_.data();
        } else if (bytes != 0) {
            data_ = reinterpret_cast<T*>(calls->scratch(bytes));
            clear_bytes(c, data_, bytes);
        }
    }
    Scratch(const Scratch&) = delete;
    T* data() const { return data_; }

private:
    std::vector<T> own_;
    T* data_ = nullptr;
};

}  // namespace tinsmith

#include "op/kernel_argument.hpp"

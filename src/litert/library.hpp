// LiteRT's C interface (2.2 and later: `CompiledModel`), opened at run time: tinsmith neither needs LiteRT nor brings it along.
// Written from the interface's documentation; layouts are those that LiteRT itself asserts for 64-bit machines.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tinsmith::litert {

using Status = int;  // 0: done
using Handle = void*;

struct Layout {
    unsigned rank : 7;
    unsigned has_strides : 1;
    int32_t extents[8];
    uint32_t strides[8];
};

struct TensorType {
    int element;
    Layout layout;
};
static_assert(sizeof(TensorType) == 72);

// A tag and a value that is an integer: all the options of an environment that are needed here.
struct EnvironmentOption {
    int tag;
    alignas(8) int any_type;
    int64_t value;
};
static_assert(sizeof(EnvironmentOption) == 24);
inline constexpr int any_integer = 2;
inline constexpr int auto_register_accelerators = 24, least_logged_severity = 25;
inline constexpr int log_errors = 3;

inline constexpr int on_cpu = 1, on_gpu = 2;  // bits
enum LockMode : int { read = 0, write = 1 };

struct Version {
    int major, minor, patch;
};

using CreateDelegate = Status (*)(Handle context, Handle environment, Handle accelerator, Handle options, Handle* wrapper);

// F(name, result, parameters)
#define TINSMITH_LITERT_FUNCTIONS(F)                                                                    \
    F(CreateEnvironment, Status, (int, const EnvironmentOption*, Handle*))                              \
    F(DestroyEnvironment, void, (Handle))                                                               \
    F(CreateModelFromBuffer, Status, (Handle, const void*, size_t, Handle*))                            \
    F(DestroyModel, void, (Handle))                                                                     \
    F(GetModelSignature, Status, (Handle, size_t, Handle*))                                             \
    F(GetSignatureSubgraph, Status, (Handle, Handle*))                                                  \
    F(GetNumSignatureInputs, Status, (Handle, size_t*))                                                 \
    F(GetNumSignatureOutputs, Status, (Handle, size_t*))                                                \
    F(GetSignatureInputTensorByIndex, Status, (Handle, size_t, Handle*))                                \
    F(GetSignatureOutputTensorByIndex, Status, (Handle, size_t, Handle*))                               \
    F(GetSubgraphInput, Status, (Handle, size_t, Handle*))                                              \
    F(GetSubgraphOutput, Status, (Handle, size_t, Handle*))                                             \
    F(GetTensorIndex, Status, (Handle, uint32_t*))                                                      \
    F(GetRankedTensorType, Status, (Handle, TensorType*))                                               \
    F(CreateOptions, Status, (Handle*))                                                                 \
    F(DestroyOptions, void, (Handle))                                                                   \
    F(SetOptionsHardwareAccelerators, Status, (Handle, int))                                            \
    F(CreateOpaqueOptions, Status, (const char*, void*, void (*)(void*), Handle*))                      \
    F(AddOpaqueOptions, Status, (Handle, Handle))                                                       \
    F(CreateCompiledModel, Status, (Handle, Handle, Handle, Handle*))                                   \
    F(DestroyCompiledModel, void, (Handle))                                                             \
    F(GetCompiledModelInputBufferRequirements, Status, (Handle, size_t, size_t, Handle*))               \
    F(GetCompiledModelOutputBufferRequirements, Status, (Handle, size_t, size_t, Handle*))              \
    F(CreateManagedTensorBufferFromRequirements, Status, (Handle, const TensorType*, Handle, Handle*))  \
    F(DestroyTensorBuffer, void, (Handle))                                                              \
    F(GetTensorBufferSize, Status, (Handle, size_t*))                                                   \
    F(LockTensorBuffer, Status, (Handle, void**, int))                                                  \
    F(UnlockTensorBuffer, Status, (Handle))                                                             \
    F(RunCompiledModel, Status, (Handle, size_t, size_t, Handle*, size_t, Handle*))                     \
    F(CreateAccelerator, Status, (Handle*))                                                             \
    F(SetAcceleratorGetName, Status, (Handle, Status(*)(Handle, const char**)))                         \
    F(SetAcceleratorGetVersion, Status, (Handle, Status(*)(Handle, Version*)))                          \
    F(SetAcceleratorGetHardwareSupport, Status, (Handle, Status(*)(Handle, int*)))                      \
    F(SetIsAcceleratorDelegateResponsibleForJitCompilation, Status, (Handle, Status(*)(Handle, bool*))) \
    F(SetDelegateFunction, Status, (Handle, CreateDelegate))                                            \
    F(RegisterAccelerator, Status, (Handle, Handle, void*, void (*)(void*)))                            \
    F(WrapDelegate, Status, (Handle, void (*)(Handle), Handle*))

struct Library {
#define TINSMITH_LITERT_MEMBER(name, result, parameters) result(*name) parameters = nullptr;
    TINSMITH_LITERT_FUNCTIONS(TINSMITH_LITERT_MEMBER)
#undef TINSMITH_LITERT_MEMBER
    std::string path;
    std::string version;  // of the Python package around it; empty: not known
};

// The library at `path` (a file, or a folder: a virtual environment, site-packages, the package), else in $TINSMITH_LITERT, else in
// the usual places. Stays loaded until the process ends. Throws Fault::input saying where it was looked for, which version it is
// when that does not do, and how to install it.
const Library& open_library(const std::string& path);

// "invalid argument (1)": what a status means.
std::string status_text(Status status);

// Throws Fault::input: "LiteRT: {what} failed: {status}".
void done(Status status, std::string_view what);

}  // namespace tinsmith::litert

#include "litert/delegate.hpp"

#include <dlfcn.h>

#include <map>
#include <mutex>

namespace tinsmith::litert {

namespace {

struct Plugin {
    const Library* library = nullptr;
    Handle (*create)(const char* const* keys, const char* const* values, size_t count, void (*report)(const char*)) = nullptr;
    void (*destroy)(Handle) = nullptr;
};

// LiteRT calls back with the environment and nothing of ours.
struct Registered {
    std::mutex mutex;
    std::map<Handle, Plugin> by_environment;
};

Registered& registered() {
    static Registered all;
    return all;
}

Status create_delegate(Handle, Handle environment, Handle, Handle, Handle* wrapper) {
    Plugin plugin;
    {
        const std::scoped_lock lock(registered().mutex);
        plugin = registered().by_environment[environment];
    }
    constexpr Status runtime_failure = 3;
    Handle delegate = plugin.create ? plugin.create(nullptr, nullptr, 0, nullptr) : nullptr;
    return delegate ? plugin.library->WrapDelegate(delegate, plugin.destroy, wrapper) : runtime_failure;
}

Status name(Handle, const char** text) {
    *text = "external delegate";
    return 0;
}

Status version(Handle, Version* out) {
    *out = {1, 0, 0};
    return 0;
}

Status hardware(Handle, int* out) {
    *out = on_gpu;
    return 0;
}

Status compiles(Handle, bool* out) {
    *out = true;
    return 0;
}

}  // namespace

void register_delegate(const Library& library, Handle environment, const std::string& file) {
    void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    check(handle != nullptr, "--delegate '{}': {}", file, dlerror());
    Plugin plugin{&library, nullptr, nullptr};
    plugin.create = reinterpret_cast<decltype(plugin.create)>(dlsym(handle, "tflite_plugin_create_delegate"));
    plugin.destroy = reinterpret_cast<decltype(plugin.destroy)>(dlsym(handle, "tflite_plugin_destroy_delegate"));
    check(plugin.create && plugin.destroy, "--delegate '{}': not a delegate: it has no tflite_plugin_create_delegate", file);
    {
        const std::scoped_lock lock(registered().mutex);
        registered().by_environment[environment] = plugin;
    }
    Handle accelerator = nullptr;
    done(library.CreateAccelerator(&accelerator), "making room for a delegate");
    library.SetAcceleratorGetName(accelerator, name);
    library.SetAcceleratorGetVersion(accelerator, version);
    library.SetAcceleratorGetHardwareSupport(accelerator, hardware);
    library.SetIsAcceleratorDelegateResponsibleForJitCompilation(accelerator, compiles);
    library.SetDelegateFunction(accelerator, create_delegate);
    done(library.RegisterAccelerator(environment, accelerator, nullptr, [](void*) {}), "registering a delegate");
}

}  // namespace tinsmith::litert

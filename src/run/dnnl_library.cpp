#include "run/dnnl_library.hpp"

#include <dlfcn.h>

#include <cstdio>

namespace tinsmith {

static bool load(DnnlLibrary& library) {
    void* handle = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return false;
    bool complete = true;
#define TINSMITH_DNNL_LOAD(name)                                                           \
    library.name = reinterpret_cast<decltype(library.name)>(dlsym(handle, "dnnl_" #name)); \
    complete = complete && library.name != nullptr;
    TINSMITH_DNNL_FUNCTIONS(TINSMITH_DNNL_LOAD)
#undef TINSMITH_DNNL_LOAD
    library.omp_set_num_threads = reinterpret_cast<void (*)(int)>(dlsym(handle, "omp_set_num_threads"));
    return complete && library.engine_create(&library.engine, dnnl_cpu, 0) == dnnl_success;
}

const DnnlLibrary* dnnl_library() {
    static const DnnlLibrary* const loaded = []() -> const DnnlLibrary* {
        static DnnlLibrary library;
        if (load(library)) return &library;
        std::fputs("note: libdnnl.so.2 is not installed (Debian: libdnnl2); convolutions and matrix products run slower\n",
                   stderr);
        return nullptr;
    }();
    return loaded;
}

namespace {

struct Stream {
    dnnl_stream_t stream = nullptr;
    Stream() {
        const DnnlLibrary& d = *dnnl_library();
        // One thread for each sample: results do not depend on how many there are.
        if (d.omp_set_num_threads) d.omp_set_num_threads(1);
        d.stream_create(&stream, d.engine, dnnl_stream_default_flags);
    }
    ~Stream() { dnnl_library()->stream_destroy(stream); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
};

}  // namespace

dnnl_stream_t dnnl_stream_of_thread() {
    thread_local Stream stream;
    return stream.stream;
}

}  // namespace tinsmith

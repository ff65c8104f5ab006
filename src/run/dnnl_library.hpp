// oneDNN's C interface, loaded when the first heavy kernel asks for it: the library is 40 MB, and most commands never need it.
#pragma once

#include <dnnl.h>

#include <memory>

namespace tinsmith {

#define TINSMITH_DNNL_FUNCTIONS(F)           \
    F(engine_create)                         \
    F(memory_desc_init_by_strides)           \
    F(memory_desc_get_size)                  \
    F(memory_create)                         \
    F(memory_destroy)                        \
    F(post_ops_create)                       \
    F(post_ops_append_eltwise)               \
    F(post_ops_destroy)                      \
    F(primitive_attr_create)                 \
    F(primitive_attr_set_post_ops)           \
    F(primitive_attr_set_scratchpad_mode)    \
    F(primitive_attr_destroy)                \
    F(dilated_convolution_forward_desc_init) \
    F(deconvolution_forward_desc_init)       \
    F(inner_product_forward_desc_init)       \
    F(matmul_desc_init)                      \
    F(primitive_desc_create)                 \
    F(primitive_desc_query_md)               \
    F(primitive_desc_destroy)                \
    F(reorder_primitive_desc_create)         \
    F(primitive_create)                      \
    F(primitive_execute)                     \
    F(primitive_destroy)                     \
    F(stream_create)                         \
    F(stream_wait)                           \
    F(stream_destroy)

struct DnnlLibrary {
#define TINSMITH_DNNL_MEMBER(name) decltype(&dnnl_##name) name = nullptr;
    TINSMITH_DNNL_FUNCTIONS(TINSMITH_DNNL_MEMBER)
#undef TINSMITH_DNNL_MEMBER
    void (*omp_set_num_threads)(int) = nullptr;  // of the OpenMP that the library brings; threads of its own it must not start
    dnnl_engine_t engine = nullptr;
};

// The library, or null when this machine has none that fits; says so once on standard error.
const DnnlLibrary* dnnl_library();

// The calling thread's stream. Requires dnnl_library().
dnnl_stream_t dnnl_stream_of_thread();

}  // namespace tinsmith

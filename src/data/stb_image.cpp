#define STB_IMAGE_IMPLEMENTATION
#include <cstdlib>

// Zeroed: a scan may name tables that its file never defines, and the decoder reads them all the same.
#define STBI_MALLOC(size) std::calloc(1, size)
#define STBI_REALLOC(at, size) std::realloc(at, size)
#define STBI_FREE(at) std::free(at)
#define STBI_ASSERT(x)  // hostile files reach its assertions; what they guard is checked by its callers and ours
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wtype-limits"
#include "data/stb_image.hpp"

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ASSERT(x)  // hostile files reach its assertions; what they guard is checked by its callers and ours
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-but-set-variable"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wtype-limits"
#include "data/stb_image.hpp"

// The allocator: where the arena lies.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace tflite {

struct MicroAllocator {
    static MicroAllocator* Create(uint8_t* arena, size_t bytes) {
        static MicroAllocator one;
        one = {arena, bytes};
        return &one;
    }
    uint8_t* arena;
    size_t bytes;
};

}  // namespace tflite

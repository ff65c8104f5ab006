// Resources that a model keeps from one inference to the next.
#pragma once
#include "tensorflow/lite/micro/micro_allocator.h"

namespace tflite {

struct MicroResourceVariables {
    static MicroResourceVariables* Create(MicroAllocator*, int count) {
        static MicroResourceVariables one;
        return count > 0 ? &one : nullptr;
    }
};

}  // namespace tflite

// TFLite Micro's greedy planner: the largest buffer first, each at the lowest gap among those placed that are alive with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tinsmith {

struct MicroBuffer {
    size_t bytes = 0;
    int first = 0, last = 0;
    int64_t offline = -1;  // where metadata of the file puts it; -1: nowhere
    int64_t tensor = -1;   // counted over all sub-graphs; -1: scratch
};

// Bytes of the arena that holds all buffers; sizes are rounded up to 16.
size_t micro_plan(std::span<const MicroBuffer> buffers);

}  // namespace tinsmith

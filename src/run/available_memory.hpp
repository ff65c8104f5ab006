// How much memory this process can still take.
#pragma once

#include <cstddef>

namespace tinsmith {

// Bytes that the kernel says are available, or fewer where a control group limits them; SIZE_MAX when unknown.
size_t available_memory();

}  // namespace tinsmith

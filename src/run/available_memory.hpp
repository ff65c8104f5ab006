// How much memory this process can still take.
#pragma once

#include <cstddef>
#include <string>

namespace tinsmith {

// Bytes that the kernel says are available, or fewer where a control group limits them; SIZE_MAX when unknown.
size_t available_memory();

std::string human_bytes(size_t bytes);  // "3.1 MB"

}  // namespace tinsmith

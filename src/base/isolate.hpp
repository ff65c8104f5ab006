// Work that may crash on what it is given, in a process of its own.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace tinsmith {

// What `body` wrote, or nothing where its process crashed, took more than `seconds` of processor time or `memory` bytes more than
// there were. `body` runs in a copy of this process that ends with it: nothing else of what it does is seen here.
std::optional<std::vector<std::byte>> isolated(const std::function<void(std::vector<std::byte>& out)>& body, int seconds,
                                               size_t memory);

}  // namespace tinsmith

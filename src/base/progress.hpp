// Progress of long work, as the worker reports it; who shows it is not the worker's business.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace tinsmith {

// Called with what is being done and how far it is; done == total when it is finished. An empty function shows nothing.
using Progress = std::function<void(std::string_view what, int64_t done, int64_t total)>;

}  // namespace tinsmith

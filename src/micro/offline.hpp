// A plan for TFLite Micro's tensors, made before it runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tinsmith {

// An offset for each tensor of the model in `file`, -1 for constants, as the metadata "OfflineMemoryAllocation" holds them; nothing where
// TFLite Micro's own planner needs no more, or the model has several sub-graphs or variables. Reshapes share their operand's bytes:
// the kernel copies nothing then.
std::vector<int32_t> micro_offline_offsets(std::span<const std::byte> file, uint64_t search_steps = 1'000'000);

}  // namespace tinsmith

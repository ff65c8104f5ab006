// Where everything lies on a board: what each memory holds, its total, and what it offers.
#pragma once

#include "backend/packages/package_file.hpp"
#include "target/target.hpp"

#include <vector>

namespace tinsmith::packages {

struct MemoryItem {
    std::string member;   // of model_memory_t: "tensor_arena"; empty: not one of its members
    std::string element;  // "uint8_t"
    std::string extents;  // "[12288]"
    uint64_t bytes = 0;
    bool constant = false;  // stays in flash
    std::string says;       // what it is, for people
    std::string points_to;  // of a constant: where it lies, for a comment
    std::string region;     // set by lay_out: "sram", "flash"
};

struct MemoryRegion {
    std::string name;
    uint64_t budget = 0, used = 0;
    std::vector<std::string> holds;
};

struct MemoryLayout {
    std::vector<MemoryItem> items;
    std::vector<MemoryRegion> regions;  // the target's memories, the fastest first, then flash

    const MemoryItem* item(std::string_view member) const;
};

// Constants into flash, the rest in the given order into the fastest memory with room for it. Throws Fault::target that says by how many
// bytes the flash and the memories are too small.
MemoryLayout lay_out(std::vector<MemoryItem> items, const Target& target);

// Tables by region with totals and budgets, in Markdown.
std::string memory_report(const MemoryLayout& layout, const Target& target);

// model_memory.h: model_memory_t, arrays where fast memory holds them, pointers where another memory does; totals, and assertions against
// the target.
std::string memory_header(const MemoryLayout& layout, const Target& target, const std::string& made_by);

}  // namespace tinsmith::packages

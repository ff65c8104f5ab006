// The memory plan of a graph on a device: in which order its nodes run, and where every value lies while it is needed.
#pragma once

#include "ir/graph.hpp"

#include <limits>

namespace tinsmith {

// A memory that activations may lie in.
struct PlanMemory {
    std::string name = "arena";
    size_t bytes = std::numeric_limits<size_t>::max();  // what may be used of it
};

// In which order a kernel that slides a window goes over its output. What the output writes may then lie where the input was read.
enum class Traversal : uint8_t {
    unknown,  // any order, more than once: input and output lie apart
    rows,     // row by row; a row may be written in any order, and before the input rows under its windows were all read
    pixels,   // pixel by pixel along each row; all channels of a pixel in any order
};

struct PlanOptions {
    size_t alignment = 16;
    bool reorder = true;   // false: nodes keep the graph's order
    bool in_place = true;  // a result of an elementwise node may be written over an operand that it reads for the last time
    Traversal depthwise = Traversal::unknown;  // how the target's depthwise convolutions go
    Traversal windows = Traversal::unknown;    // the same of convolutions and pools
    std::vector<size_t> scratch;       // bytes that a node needs while it runs, by index in the graph; empty: none needs any
    std::vector<PlanMemory> memories;  // the fastest first; empty: one, as large as needed
    size_t max_bytes = 0;              // more than that is worth recomputing for: the first nodes then run in patches; 0: never
    uint64_t search_steps = 1'000'000;  // what the exact searches may cost; the same number gives the same plan
};

inline constexpr uint32_t no_memory = std::numeric_limits<uint32_t>::max();

// Bytes [offset, offset + bytes) of a memory, in use from step `first` to step `last`, both included. Step 0 is the arrival of the
// inputs, step i + 1 is node order[i], and outputs live to step order.size() + 1.
struct PlannedBytes {
    uint32_t memory = no_memory;  // index of MemoryPlan::memories; no_memory: takes none (a constant, or nothing computes it)
    size_t offset = 0, bytes = 0;
    uint32_t first = 0, last = 0;
};

// A value that others are aliases of is in use as long as they are.
struct PlannedValue : PlannedBytes {
    ValueId alias_of = no_value;  // the same bytes as this value, which is no alias itself: its Reshape. Nothing need be copied
    ValueId over = no_value;      // the operand over which it is written while that is read (elementwise, or by Traversal)
};

// Rows [begin, end) of a value, counted along its second dimension (the height of NHWC).
struct TileRows {
    ValueId value = no_value;
    int64_t begin = 0, end = 0;
};

// Steps that run in patches: for each tile in turn all its nodes, on the rows that this tile needs. Values that only nodes of the
// stage read hold the rows of one tile, the first of them at their offset; what comes in and what goes out is whole.
struct PlannedStage {
    size_t first = 0, end = 0;                 // places in `order`: [first, end)
    std::vector<std::vector<TileRows>> tiles;  // for each tile the rows that it reads or computes, of every value in the stage
    int64_t macs = 0, recomputed_macs = 0;     // of the stage run whole, and what tiles compute beyond that
};

struct MemoryUse {
    std::string name;
    size_t bytes = 0;        // of the arena in this memory
    size_t moved_bytes = 0;  // that nodes read from it and write to it in one run
};

struct MemoryPlan {
    std::vector<uint32_t> order;        // indices of the graph's nodes, in the order in which they run
    std::vector<PlannedValue> values;   // by value
    std::vector<PlannedBytes> scratch;  // by node, as in the graph
    std::vector<PlannedStage> stages;
    std::vector<MemoryUse> memories;  // as in the options; at least one
    size_t lower_bound = 0;           // no placement of this order can be smaller: the most that is alive at one step
    size_t separate_bound = 0;        // the same if no value were written over another
    size_t arena_bytes() const;       // of all memories
};

// Plans activations, the states that outlive a run (alive at every step; a run ends by copying State::next to State::value) and
// scratch. Constants take no memory. Throws Fault::target when a value fits into no memory, with the bytes that are missing.
MemoryPlan plan_memory(const Graph& graph, const PlanOptions& options = {});

}  // namespace tinsmith

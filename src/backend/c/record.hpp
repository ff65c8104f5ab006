// What each node of a graph calls: the kernels with their arguments, as its evaluation makes the calls on the host.
#pragma once

#include "ir/graph.hpp"
#include "op/kernel_call.hpp"

namespace tinsmith::c99 {

// Where a pointer points to.
struct Place {
    enum class Kind : uint8_t { null, value, scratch, list, packed, structure };
    Kind kind = Kind::null;
    uint32_t id = 0;    // the ValueId; the index in NodeCalls::lists or packed
    size_t offset = 0;  // bytes
    bool operator==(const Place&) const = default;
};

struct Argument {
    KernelArgument::Kind kind = KernelArgument::Kind::integer;
    std::string_view type;
    int64_t integer = 0;
    double real = 0;
    Place place;
    std::vector<Argument> members;                 // of a structure or array; of a pointer to a structure, the structure
    bool operator==(const Argument& other) const;  // equal bits of `real`
};

struct Call {
    std::string kernel;
    std::vector<Argument> arguments;
    bool operator==(const Call&) const = default;
};

struct NodeCalls {
    std::vector<Call> calls;
    std::vector<Argument> lists;                // constant arrays that the calls point to
    std::vector<std::vector<uint32_t>> packed;  // weights in the order of their kernels
    size_t scratch_bytes = 0;
    bool operator==(const NodeCalls&) const = default;
};

// Throws Fault::unsupported when the node's computation is not made of kernels alone, or depends on what operands hold.
NodeCalls record(const Graph& graph, const Node& node);

}  // namespace tinsmith::c99

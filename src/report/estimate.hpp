// What one inference takes on a device: instructions, time, energy. Estimates, by the figures of the device's core.
#pragma once

#include "ir/graph.hpp"
#include "target/target.hpp"

namespace tinsmith {

struct Estimate {
    double instructions = 0;
    double seconds = 0, joules = 0;
    std::vector<std::pair<std::string, double>> by_operator;  // share of the instructions, the largest first
};

// instructions = sum over nodes of macs * per_mac + elements in * per_input + elements out * per_output + taps * per_tap + each, of the
// kind of the node;
// seconds = instructions * cycles_per_instruction / clock, and reading_seconds of the constants; joules = seconds * power.
Estimate estimate(const Graph& graph, const Target& target);

// External flash is read through a cache: every constant once in an inference, whatever computes on it. 0 where flash is the chip's own.
double reading_seconds(const Target& target, uint64_t constant_bytes);

}  // namespace tinsmith

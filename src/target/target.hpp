// Devices: their memories, speed and power, and where each figure comes from. Data files in boards/, cores/ and budgets/ are part of
// the program; a user's own board is a file of the same form.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tinsmith {

struct TargetMemory {
    std::string name;
    uint64_t bytes = 0;
    double slower = 1;  // how much longer an access takes than one to the fastest memory
};

// Instructions of one kind of operator: a multiply-accumulate, an element that goes in, one that comes out, an element under the window of
// an output pixel where windows are larger than one, a call.
struct Work {
    double per_mac = 0, per_input = 0, per_output = 0, per_tap = 0, each = 0;
};

// A maker's library that computes the same operators: cycles in place of instructions.
struct KernelLibrary {
    std::map<std::string, Work, std::less<>> work;
    double error = 1;
    std::string source;
};

struct Core {
    std::string name, title, instruction_set;
    std::vector<std::string> kernels;               // sets that exist for it: "portable", "arm-dsp", "cmsis-nn"
    std::map<std::string, Work, std::less<>> work;  // by operator; "otherwise": all others; "node": added to every one
    double cycles_per_instruction = 1;
    double error = 1;  // estimates of time and energy may be off by this share
    double instructions_error =
        1;  // and their instructions by this one: the most that was seen on whole models; at most `error`
    std::string source;
    std::map<std::string, KernelLibrary, std::less<>> libraries;  // by the name among `kernels`
};

struct Target {
    std::string name, title;
    std::vector<std::string> aliases;
    Core core;
    double clock_hz = 0;
    double power_watts = 0;              // while it computes
    std::vector<TargetMemory> memories;  // the fastest first; at least one
    uint64_t flash_bytes = 0;
    double flash_bytes_per_second = 0;  // of constants that are computed on where they lie; 0: as fast as the core reads
    std::string toolchain;              // "plain", "arduino", "esp-idf", "linux"
    std::map<std::string, std::string> sources;  // of "memory", "power"

    uint64_t ram_bytes() const;
};

// What a model may take; absent: anything.
struct Budget {
    std::string name, title;
    std::optional<uint64_t> size_bytes, ram_bytes;
    std::optional<double> latency_ms;
    std::optional<uint64_t> parameters, operations;
};

std::vector<std::string> target_names();
std::vector<std::string> budget_names();
// By name, alias, or a path that ends in .json. Throws Fault::input: an unknown name with the nearest ones, a file with what is wrong in it.
Target find_target(const std::string& name);
// The board with its core's figures replaced by those of a library: "esp-nn". Throws Fault::input with those that there are.
Target with_library(Target target, const std::string& name);
// The same of budgets.
Budget find_budget(const std::string& name);

// What a data file says. `cores` are looked up by name.
Target parse_target(std::string_view json);
Core parse_core(std::string_view json);
Budget parse_budget(std::string_view json);

}  // namespace tinsmith

// The tensor arena that TFLite Micro needs for a model: its allocations followed one by one, as its interpreter makes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tinsmith {

// Espressif's kernels: on ESP32-S3 written for its vector instructions, elsewhere in C.
enum class EspNn : uint8_t { none, portable, esp32_s3 };

// The machine and the build that TFLite Micro runs in.
struct MicroBuild {
    size_t pointer_bytes = 4;  // 8 on a 64-bit host
    bool cmsis_nn = false;     // CMSIS-NN's kernels with Arm's DSP instructions;
                               // false: the reference kernels
    bool recording = false;    // the allocator that keeps a record of what it gives
                               // out: that of the Python package
    EspNn esp_nn = EspNn::none;
};

struct MicroArena {
    size_t bytes = 0;                  // the smallest arena in which AllocateTensors succeeds, a
                                       // multiple of 16
    size_t activation_bytes = 0;       // of it, what the planner lays out: tensors and scratch
    size_t persistent_bytes = 0;       // of it, what lives as long as the interpreter
    std::vector<std::string> unknown;  // operators whose kernels' needs are not
                                       // known here: assumed to be small
};

// `file` holds a .tflite. Throws Fault::input when it is damaged.
MicroArena micro_arena(std::span<const std::byte> file, const MicroBuild& build);

}  // namespace tinsmith

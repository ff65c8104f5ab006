// The C backend: a graph as C99 that runs on a microcontroller, with its memory planned and its kernels beside it.
#pragma once

#include "ir/graph.hpp"
#include "plan/plan.hpp"

namespace tinsmith {

inline constexpr size_t c_stack_bytes = 2048;  // of generated C, at most

struct CModel {
    std::string name;    // of a variant; empty where there is but one model
    std::string source;  // where it comes from, for the comment at the top
    Graph graph;
    // One sample and what the host computes from it, in the order of the graph's inputs and outputs: the self-test's.
    std::vector<Buffer> sample, expected;
};

struct COptions {
    std::string name;               // what files and functions start with: an identifier
    size_t max_ram = 0;             // the limit of the arena, which runs the first layers in patches for it; 0: none
    std::string version;            // tinsmith's
    bool weights_in_psram = false;  // copied there at start, unless the macro says otherwise
};

struct CFile {
    std::string name, text;
};

// What one model needs on the device, in bytes.
struct CFigures {
    std::string name;
    size_t arena_bytes = 0, lower_bound = 0, constant_bytes = 0;
};

struct CCode {
    std::vector<CFile> files;
    std::vector<CFigures> models;
    size_t arena_bytes = 0;  // of the largest
    std::vector<std::string> notes;
};

// NAME.c, NAME.h, NAME_kernels.h, NAME_weights.h, NAME_quantize.h and NAME_self_test.c. The same models give the same bytes. Throws
// Fault::unsupported that lists every node without a C kernel, and Fault::target when the arena exceeds its limit.
CCode write_c(std::vector<CModel> models, const COptions& options);

}  // namespace tinsmith

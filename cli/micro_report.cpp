#include "micro_report.hpp"

#include <fmt/ranges.h>

namespace tinsmith::cli {

static std::string line(std::string_view where, const MicroArena& arena) {
    return fmt::format("  {:<34}{:>9} bytes, {} of them activations and scratch\n", where, arena.bytes, arena.activation_bytes);
}

std::string micro_text(const MicroArenas& arenas) {
    std::string text = "TFLite Micro's tensor arena:\n" + line("32 bits, reference kernels", arenas.board) +
                       line("32 bits, CMSIS-NN", arenas.cmsis_nn) + line("64-bit host (PyPI tflite-micro)", arenas.host);
    if (!arenas.host.unknown.empty())
        text += fmt::format("  what these keep there is not known, and little was assumed: {}\n",
                            fmt::join(arenas.host.unknown, ", "));
    return text;
}

}  // namespace tinsmith::cli

// .pt2 from memory: archive, program, weights, graph. The archive's sums keep most damage away from the program, so the same bytes are
// also read as a program alone.
#include "frontend/torch/reader.hpp"
#include "ir/verify.hpp"

#include <cstdlib>

using namespace tinsmith;

template <class Read>
static void attempt(Read read) {
    try {
        read();
    } catch (const Error& e) {
        if (e.fault != Fault::input && e.fault != Fault::unsupported) {
            fmt::print(stderr, "{}\n", e.what());
            std::abort();
        }
    }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Buffer bytes = Buffer::copy_of(std::as_bytes(std::span(data, size)));
    attempt([&] { verify(torch::read_program(torch::read_exported(bytes), {}).graph); });
    attempt([&] {
        torch::Exported exported;
        exported.program = torch::decode_program({reinterpret_cast<const char*>(data), size});
        verify(torch::read_program(exported, {}).graph);
    });
    return 0;
}

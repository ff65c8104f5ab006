// Arbitrary bytes as .npy and as .npz: arrays or an input error.
#include "format/npy/npy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tinsmith;
    const Buffer file = Buffer::copy_of(std::as_bytes(std::span(data, size)));
    try {
        parse_npy(file);
    } catch (const Error&) {
    }
    try {
        const Npz npz(file);
        for (const std::string& name : npz.names()) npz.read(name);
    } catch (const Error&) {
    }
    return 0;
}

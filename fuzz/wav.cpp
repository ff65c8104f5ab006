// Arbitrary bytes as sound: samples or an input error.
#include "data/sound.hpp"

#include <span>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tinsmith;
    try {
        resampled(decode_wav(Buffer::copy_of(std::as_bytes(std::span(data, size)))), 16000, 1000);
    } catch (const Error&) {
    }
    return 0;
}

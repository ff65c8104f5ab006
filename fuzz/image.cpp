// Arbitrary bytes as an image: pixels or an input error.
#include "data/image.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tinsmith;
    const Buffer file = Buffer::copy_of(std::as_bytes(std::span(data, size)));
    for (int64_t channels : {1, 3}) {
        try {
            resized(decode_image(file, channels), 8, 8, Resize::crop, true);
        } catch (const Error&) {
        }
    }
    return 0;
}

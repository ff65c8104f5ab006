// Any bytes as a TFLite file: an Error that blames the file, or a graph that the verifier accepts.
#include "attempt.hpp"
#include "frontend/tflite/model_reader.hpp"
#include "ir/verify.hpp"

#include <cstdlib>

using namespace tinsmith;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    attempt([&] { verify(tflite::read(Buffer::copy_of(std::as_bytes(std::span(data, size)))).graph); });
    return 0;
}

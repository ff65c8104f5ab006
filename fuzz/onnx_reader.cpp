// Any bytes as an ONNX file: an Error that blames the file, or a graph that the verifier accepts.
#include "attempt.hpp"
#include "format/onnx/model.hpp"
#include "frontend/onnx/reader.hpp"
#include "ir/verify.hpp"

#include <cstdlib>

using namespace tinsmith;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Buffer bytes = Buffer::copy_of(std::as_bytes(std::span(data, size)));
    onnx::looks_like_onnx(bytes.bytes());
    attempt([&] { verify(read_onnx(onnx::decode_model(bytes, "no such folder"), {}).graph); });
    return 0;
}

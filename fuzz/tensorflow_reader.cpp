// Any bytes as a frozen TensorFlow graph, a SavedModel and the index of a checkpoint: an Error that blames the file, or a graph that the
// verifier accepts.
#include "attempt.hpp"
#include "format/tensorflow/table.hpp"
#include "frontend/tensorflow/graph_def.hpp"
#include "ir/verify.hpp"

#include <cstdlib>

using namespace tinsmith;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Buffer bytes = Buffer::copy_of(std::as_bytes(std::span(data, size)));
    tensorflow::looks_like_graph(bytes.bytes());
    tensorflow::looks_like_saved_model(bytes.bytes());
    attempt([&] { verify(tensorflow::read_graph(bytes, {}).graph); });
    attempt([&] { tensorflow::decode_saved_model(bytes); });
    attempt([&] { tensorflow::read_table(bytes, [](std::string_view, std::span<const std::byte>) {}); });
    return 0;
}

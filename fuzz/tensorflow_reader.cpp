// Any bytes as a frozen TensorFlow graph, a SavedModel and the index of a checkpoint: an Error that blames the file, or a graph that the
// verifier accepts.
#include "format/tensorflow/table.hpp"
#include "frontend/tensorflow/graph_def.hpp"
#include "ir/verify.hpp"

#include <cstdlib>

using namespace tinsmith;

static void attempt(void (*read)(const Buffer&), const Buffer& bytes) {
    try {
        read(bytes);
    } catch (const Error& e) {
        if (e.fault == Fault::internal) {
            fmt::print(stderr, "{}\n", e.what());
            std::abort();
        }
    }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const Buffer bytes = Buffer::copy_of(std::as_bytes(std::span(data, size)));
    tensorflow::looks_like_graph(bytes.bytes());
    tensorflow::looks_like_saved_model(bytes.bytes());
    attempt([](const Buffer& b) { verify(tensorflow::read_graph(b, {}).graph); }, bytes);
    attempt([](const Buffer& b) { tensorflow::decode_saved_model(b); }, bytes);
    attempt([](const Buffer& b) { tensorflow::read_table(b, [](std::string_view, std::span<const std::byte>) {}); }, bytes);
    return 0;
}

// Damaged files: an error of the user's input or a refusal, never a crash.
#include "frontend/tflite/model_reader.hpp"
#include "ir/verify.hpp"
#include "small_graphs.hpp"

#include <gtest/gtest.h>

#include <random>

namespace tinsmith {
namespace {

// Reads bytes that may be anything. What does read must be a sound graph.
void read_damaged(std::span<const std::byte> bytes) {
    try {
        verify(tflite::read(Buffer::copy_of(bytes)).graph);
    } catch (const Error& e) {
        EXPECT_NE(e.fault, Fault::internal) << e.what();
    }
}

TEST(TfliteHostile, truncated_files) {
    for (const SmallGraph& small : small_graphs()) {
        Graph graph = small.graph;
        prepare_for_tflite(graph, {});
        auto bytes = tflite_bytes(graph);
        for (size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 40) read_damaged(std::span(bytes).first(size));
    }
}

TEST(TfliteHostile, flipped_bytes) {
    std::mt19937 random(1);
    for (const SmallGraph& small : small_graphs()) {
        Graph graph = small.graph;
        prepare_for_tflite(graph, {});
        auto bytes = tflite_bytes(graph);
        for (int trial = 0; trial < 150; ++trial) {
            auto damaged = bytes;
            for (int flips = 1 + trial % 3; flips > 0; --flips)
                damaged[random() % damaged.size()] = static_cast<std::byte>(trial % 2 ? random() : 0xff);
            read_damaged(damaged);
        }
    }
}

TEST(TfliteHostile, text_and_emptiness) {
    std::string text = "graph TFL3 of nothing at all, but long enough to hold a table or two ......................";
    read_damaged(std::as_bytes(std::span(text)));
    text.replace(4, 4, "TFL3");
    read_damaged(std::as_bytes(std::span(text)));
    read_damaged({});
}

}  // namespace
}  // namespace tinsmith

// Any text as a graph: an Error that blames the text, or a graph that the verifier can judge; an accepted one prints to a text of the
// same graph.
#include "ir/text.hpp"
#include "ir/verify.hpp"
#include "op/list.hpp"

#include <cstdlib>

using namespace tinsmith;

static void expect(bool ok, const char* what) {
    if (ok) return;
    fmt::print(stderr, "{}\n", what);
    std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    Graph graph;
    try {
        graph = parse_graph(std::string_view(reinterpret_cast<const char*>(data), size), find_op);
    } catch (const Error& e) {
        expect(e.fault == Fault::input, e.what());
        return 0;
    }
    try {
        verify(graph);
    } catch (const Error&) {
        return 0;
    }
    try {
        std::string text = print(parse_graph(print(graph), find_op));  // once for the numbers of values that nothing reads
        expect(print(parse_graph(text, find_op)) == text, "printing what was parsed from a print gives another text");
    } catch (const Error& e) {
        expect(false, e.what());
    }
    return 0;
}

// Ranges of any text: an input error, or ranges that come back equal from their own text.
#include "attempt.hpp"
#include "op/list.hpp"
#include "quant/ranges.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace tinsmith;
    Graph graph;
    for (const char* name : {"x", "y", "z"}) graph.add_value(name, {DType::f32, {4}, {}});
    for (ValueId id = 0; id < 2; ++id) graph.nodes.push_back({&op::HardSwish, {id}, {id + 1}, {}, ""});
    graph.inputs.push_back({"x", 0, ""});
    graph.outputs.push_back({"z", 2, ""});
    attempt_input([&] {
        const Ranges ranges = ranges_of(graph, {reinterpret_cast<const char*>(data), size}).ranges;
        if (ranges_of(graph, to_json(graph, ranges)).ranges != ranges) std::abort();
    });
    return 0;
}

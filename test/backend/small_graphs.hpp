// Small graphs with seeded weights, one for each form that the TFLite writer knows.
#pragma once

#include "backend/tflite/tflite.hpp"
#include "op/list.hpp"

#include <cmath>
#include <string>
#include <vector>

namespace tinsmith {

// Keeps what is written.
class MemorySink : public ByteSink {
public:
    std::vector<std::byte> bytes;
    void write(std::span<const std::byte> more) override { bytes.insert(bytes.end(), more.begin(), more.end()); }
};

inline std::vector<std::byte> tflite_bytes(const Graph& prepared, const TfliteOptions& options = {}) {
    MemorySink sink;
    write_tflite(prepared, options, sink);
    return std::move(sink.bytes);
}

// Builds a graph: inputs in order, outputs in order, weights from a fixed sequence.
class Sketch {
public:
    Graph graph;
    Builder b{graph};

    ValueId input(Shape shape, DType dtype = DType::f32) {
        std::string name = "in" + std::to_string(graph.inputs.size());
        ValueId id = graph.add_value(name, {dtype, std::move(shape), {}});
        graph.inputs.push_back({name, id, {}});
        return id;
    }
    ValueId weights(Shape shape) {
        std::vector<float> values(static_cast<size_t>(element_count(shape)));
        for (float& v : values) v = static_cast<float>(std::sin(++seed_ * 12.9898) * 0.3);
        return b.floats(std::move(values), std::move(shape));
    }
    void output(ValueId id) { graph.outputs.push_back({"out" + std::to_string(graph.outputs.size()), id, {}}); }

private:
    double seed_ = 0;
};

struct SmallGraph {
    std::string name;
    Graph graph;
    bool folds = false;  // it has nodes on constants, which a reader folds
};
std::vector<SmallGraph> small_graphs();

}  // namespace tinsmith

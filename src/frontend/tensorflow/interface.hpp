// The inputs of a TensorFlow graph with every dimension static.
#pragma once

#include "frontend/read_options.hpp"
#include "frontend/tensorflow/graph_reader.hpp"

namespace tinsmith::tensorflow {

struct OpenInput {
    std::string name;       // to the outside world
    std::string_view node;  // which output of which node it stands for
    size_t output = 0;
    DataType type = DataType::f32;
    OpenShape shape;
};

// Adds each as an input of the graph, or as a constant where --set gives its value: unknown dimensions from --shape, an unknown batch as 1. Returns what the reader is to take for
// the nodes' results. Throws one Error that names all inputs that stay open, or that are no tensors.
Bindings add_inputs(Graph& graph, const std::vector<OpenInput>& inputs, const ReadOptions& options,
                    std::vector<std::string>& notes);

// The outputs under their names; throws what the reader collected.
struct NamedOutput {
    std::string name;
    std::string_view tensor;
};
void add_outputs(Graph& graph, GraphReader& reader, const Body& body, const Bindings& inputs,
                 const std::vector<NamedOutput>& outputs);

}  // namespace tinsmith::tensorflow

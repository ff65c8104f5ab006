// What a model consists of: operators, parameters, work, memory, interface.
#pragma once

#include "ir/graph.hpp"

namespace tinsmith {

struct OperatorFigures {
    std::string name;
    int64_t count = 0;
    int64_t macs = 0;
};

struct TensorFigures {
    std::string name;
    Type type;
    size_t bytes = 0;
    bool constant = false;
};

struct PortFigures {
    std::string name;
    Type type;
    std::string note;
};

struct Inspection {
    std::vector<PortFigures> inputs, outputs;
    std::vector<OperatorFigures> operators;  // the most frequent first; bodies of control flow count once
    std::vector<TensorFigures> tensors;      // that nodes and ports refer to, the largest first
    int64_t nodes = 0;
    int64_t parameters = 0;  // elements of float or quantised constants
    size_t constant_bytes = 0;
    int64_t macs = 0;                  // multiply-accumulates of one inference
    size_t peak_activation_bytes = 0;  // most bytes alive at one node, inputs and outputs included
    size_t arena_bytes = 0;            // planned: one arena that holds all activations, 16-byte alignment
    std::vector<std::pair<std::string, size_t>> target_bytes;  // what a target takes, by JSON key: "tflm_arena_bytes"
};

Inspection inspect(const Graph& graph);

// One JSON object, indented; `model_bytes` is the size of the file. input_shape, output_shape, input_dtype and output_dtype are those of
// the first input and output.
std::string inspection_json(const Inspection& inspection, size_t model_bytes);

// The name that NumPy has for an element type: "float32", "int8", "bool".
std::string numpy_name(DType dtype);

}  // namespace tinsmith

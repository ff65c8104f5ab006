// What the user may say about a model while it is read, and what the reader has to say about it.
#pragma once

#include "ir/graph.hpp"

#include <map>

namespace tinsmith {

struct ReadOptions {
    std::map<std::string, Shape> shapes;        // --shape name=1x3x224x224
    std::map<std::string, std::string> values;  // --set name=value: an input becomes a constant
    std::vector<std::string> inputs, outputs;   // --inputs, --outputs: names, "new=old" renames; empty: the source's
    std::string signature;                      // --signature: which function of a SavedModel; empty: the default one
    bool unroll_rnn = true;                     // --rnn unroll | loop
    bool reset_states = false;                  // --reset-states: every run starts from what the first one finds
    bool allow_custom = false;                  // --allow-custom: what has no built-in form becomes a custom operator
    bool allow_select_tf_ops = false;           // --allow-select-tf-ops: ... one of TensorFlow's own ("Flex...")
};

struct ReadResult {
    Graph graph;                       // the source's layout and interface: transposes stand where the source implies them
    std::string format;                // "onnx opset 17", "tflite"
    bool extracted = false;            // the frontend itself applied ReadOptions::inputs and outputs
    std::vector<std::string> classes;  // their names by index, where the file says them
    std::vector<std::string> beside;   // paths of further files that the model is made of: weights outside it
    std::vector<std::string> notes;    // what the user should know: "input 'x': symbolic 'batch' became 1"
};

}  // namespace tinsmith

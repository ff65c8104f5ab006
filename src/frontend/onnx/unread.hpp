// Outputs that nothing reads.
#pragma once

#include "format/onnx/model.hpp"

namespace tinsmith {

// Takes the names off those outputs of the graph's nodes that no node, no sub-graph and no output of the graph reads, so that
// converters see which results are wanted: exporters name all outputs of a recurrent layer. A node without any reader keeps its
// first name.
void forget_unread_outputs(onnx::Graph& graph);

}  // namespace tinsmith

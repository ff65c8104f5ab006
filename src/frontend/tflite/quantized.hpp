// Operators on quantised tensors whose row has no integer form yet are read as what their integer arithmetic approximates: operands
// dequantised, the operator on floats, results quantised again as the file says.
#pragma once

#include "frontend/tflite/operator_reader.hpp"

namespace tinsmith::tflite {

// Whether the operator computes on quantised activations (weights alone make a hybrid operator, whose activations are float) that
// its row has no integer form for.
bool needs_floats(const OperatorReader& r);
// Replaces quantised operands by their float values.
void dequantize_operands(OperatorReader& r);
// Quantises results as declared.
void quantize_results(OperatorReader& r, std::vector<ValueId>& values);

// Throws Fault::input unless each node from `first` on that computes with scales has one for its results too.
void check_stored_results(const Graph& graph, size_t first);

// The scales of a bias beside weights with several are the products of theirs and x's, whatever the file says: compact files refer to
// the weights' own there, or say nothing, as TFLite Micro allows.
void state_bias_scales(OperatorReader& r);

}  // namespace tinsmith::tflite

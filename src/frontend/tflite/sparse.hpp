// Sparse weights: what pruned models store instead of zeros.
#pragma once

#include "format/tflite/wire.hpp"
#include "ir/graph.hpp"

namespace tinsmith::tflite {

// The dense elements of a tensor of `type` whose `stored` bytes are the elements that `sparsity` places (dimensions in the order in
// which they are walked, each dense or compressed by rows, blocks as dimensions of their own). Throws Fault::input where the places are
// inconsistent, Fault::unsupported for element types of less than a byte and for sizes out of all proportion to the file's.
tinsmith::Buffer dense(const SparsityParameters& sparsity, const Type& type, const tinsmith::Buffer& stored);

}  // namespace tinsmith::tflite

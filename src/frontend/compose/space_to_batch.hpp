// TensorFlow's blocks of space in the batch: what dilated convolutions were spelled with. https://www.tensorflow.org/api_docs/python/tf/space_to_batch
#pragma once

#include "frontend/compose/compose.hpp"

namespace tinsmith {

// Axes 1 to n in blocks; before and after: elements added in front of blocks and cut off behind them.
struct SpaceBlocks {
    Ints block, before, after;

    // pairs: before and after of each axis in turn. Throws Fault::input where they do not fit the block or a tensor of this rank.
    SpaceBlocks(Ints block, const Ints& pairs, int64_t rank);
};

// [N, n1 b1, n2 b2, ..., rest] after padding -> [b1 b2 ... N, n1, n2, ..., rest]; throws Fault::input for shapes without such blocks.
ValueId space_to_batch(Compose& m, ValueId x, const SpaceBlocks& z);
// The inverse, then what was padded is cut off.
ValueId batch_to_space(Compose& m, ValueId x, const SpaceBlocks& z);

}  // namespace tinsmith

// Permutations of dimensions, as Transpose has them: output dimension i is input dimension perm[i].
#pragma once

#include "ir/attr.hpp"
#include "ir/type.hpp"

namespace tinsmith {

bool is_identity(const Ints& perm);
Ints inverse(const Ints& perm);
// The one permutation that does what `first` and then `second` do.
Ints compose(const Ints& first, const Ints& second);
Shape permuted(const Shape& shape, const Ints& perm);
// The dimensions of more than one element keep their order: on `shape`, the Transpose is a Reshape.
bool moves_only_units(const Shape& shape, const Ints& perm);
// [0, 2, ..., rank-1, 1] and its inverse [0, rank-1, 1, ..., rank-2].
Ints channels_last_perm(int64_t rank);
Ints channels_first_perm(int64_t rank);

// Reshape(Transpose(x, perm), target) == Transpose(Reshape(x, middle), after): how a Transpose moves below a Reshape. There is
// none when the Reshape merges dimensions that the Transpose has taken apart.
struct Swapped {
    Shape middle;
    Ints after;
};
std::optional<Swapped> swap_reshape(const Shape& x, const Ints& perm, const Shape& target);

// Where swap_reshape finds nothing: the part of Transpose(x, perm) that must stay above the Reshape, because it brings together what
// the Reshape merges. The rest, Transpose(Transpose(x, above), rest), moves below it. A channel shuffle in the middle of a change of
// layout comes apart so.
struct Divided {
    Ints above, rest;
};
std::optional<Divided> divide_transpose(const Shape& x, const Ints& perm, const Shape& target);

}  // namespace tinsmith

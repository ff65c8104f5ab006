// How an array holds samples of one input: how many, and in which layout.
#pragma once

#include "data/source.hpp"

namespace tinsmith {

struct SampleFit {
    int64_t count = 0;  // samples in the array, one after the other
    Shape shape;        // of one sample as it lies in the array
    Ints perm;          // set: the input is this transposition of the sample
};

// The first of `layouts` (permutations from the sample to the input, empty: as it is) in which the array fits. Extents of 1 may
// be missing or added; a leading extent counts samples, in the place of the input's batch or before it.
std::optional<SampleFit> fit_samples(const Shape& array, const Shape& input, std::span<const Ints> layouts);
// As it is, else channels-last for a channels-first input, else the other way round.
std::optional<SampleFit> fit_samples(const Shape& array, const Shape& input);

// The layouts that arrays for an input may have, the likeliest first: those of its source, unless --data-layout says.
std::vector<Ints> possible_layouts(const InputSlot& slot, const DataOptions& options);

// Which dimension of the input counts channels, for a normalisation by channel (0 for others). Throws Fault::input when the
// input has no such dimension of the right extent.
size_t channel_axis(const InputSlot& slot, const std::optional<Normalization>& normalize);

}  // namespace tinsmith

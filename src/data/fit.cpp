#include "data/fit.hpp"

#include "ir/permutation.hpp"

#include <algorithm>

namespace tinsmith {

static Shape without_ones(std::span<const int64_t> shape) {
    Shape out;
    std::copy_if(shape.begin(), shape.end(), std::back_inserter(out), [](int64_t extent) { return extent != 1; });
    return out;
}

// How many samples of `sample` the array holds, its layout being the same; 0: it does not fit.
static int64_t samples_in(const Shape& array, const Shape& sample) {
    if (array == sample) return 1;
    const Shape wanted = without_ones(sample);
    const std::span<const int64_t> rest = std::span(array).subspan(array.empty() ? 0 : 1);
    const bool batched = !sample.empty() && sample[0] > 1 && !array.empty() && array[0] % sample[0] == 0;
    if (batched && without_ones(rest) == without_ones(std::span(sample).subspan(1))) return array[0] / sample[0];
    if (!array.empty() && array.size() >= sample.size() && without_ones(rest) == wanted) return array[0];
    if (without_ones(array) == wanted && array.size() <= sample.size()) return 1;
    if (!array.empty() && without_ones(rest) == wanted) return array[0];
    return 0;
}

std::optional<SampleFit> fit_samples(const Shape& array, const Shape& input, std::span<const Ints> layouts) {
    for (const Ints& perm : layouts) {
        const Shape sample = perm.empty() ? input : permuted(input, inverse(perm));
        if (const int64_t count = samples_in(array, sample); count > 0) return SampleFit{count, sample, perm};
    }
    return std::nullopt;
}

static std::vector<Ints> all_layouts(const Shape& input) {
    const int64_t rank = std::ssize(input);
    if (rank < 3) return {{}};
    return {{}, channels_first_perm(rank), channels_last_perm(rank)};
}

std::optional<SampleFit> fit_samples(const Shape& array, const Shape& input) {
    return fit_samples(array, input, all_layouts(input));
}

std::vector<Ints> possible_layouts(const InputSlot& slot, const DataOptions& options) {
    const Shape& in = slot.type.shape;
    std::vector<Ints> all = all_layouts(in);
    if (in.size() < 3) return all;
    if (!options.preprocess.data_layout) {
        if (slot.turned) std::rotate(all.begin(), all.begin() + 2, all.end());
        return all;
    }
    const bool first = *options.preprocess.data_layout == Layout::nchw;
    std::optional<Layout> own = slot.layout;
    if (const auto image = pixel_input(in, own)) own = image->channels_first ? Layout::nchw : Layout::nhwc;
    if (own) return {*own == *options.preprocess.data_layout ? Ints{} : all[first ? 2 : 1]};
    return {Ints{}, all[first ? 2 : 1]};
}

size_t channel_axis(const InputSlot& slot, const std::optional<Normalization>& normalize) {
    if (!normalize || normalize->one_scale()) return 0;
    const auto image = pixel_input(slot.type.shape, slot.layout);
    check(image && image->channels == static_cast<int64_t>(normalize->mean.size()),
          "input '{}' is {}: --normalize {} is for {} channels", slot.name, to_string(slot.type.shape), normalize->text,
          normalize->mean.size());
    return slot.type.shape.size() - (image->channels_first ? 3 : 1);
}

}  // namespace tinsmith

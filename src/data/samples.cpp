#include "data/samples.hpp"

#include "base/file.hpp"
#include "data/convert.hpp"
#include "data/random.hpp"

#include <algorithm>
#include <numeric>

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

std::optional<SampleFit> fit_samples(const Shape& array, const Shape& input) {
    if (const int64_t count = samples_in(array, input); count > 0) return SampleFit{count, input, {}};
    if (input.size() < 3) return std::nullopt;
    // Axis 1 of the input is the last of the sample (a channels-last array for a channels-first input), or the other way round.
    Ints to_first(input.size()), to_last(input.size());
    std::iota(to_first.begin(), to_first.end(), int64_t{0});
    to_last = to_first;
    std::rotate(to_first.begin() + 1, to_first.end() - 1, to_first.end());
    std::rotate(to_last.begin() + 1, to_last.begin() + 2, to_last.end());
    for (const Ints& perm : {to_first, to_last}) {
        Shape sample(input.size());
        for (size_t i = 0; i < perm.size(); ++i) sample[static_cast<size_t>(perm[i])] = input[i];
        if (const int64_t count = samples_in(array, sample); count > 0) return SampleFit{count, sample, perm};
    }
    return std::nullopt;
}

Samples::Samples(const Graph& graph, const DataOptions& options) : options_(options) {
    check(!options.samples || *options.samples >= 1, "--samples is {}: at least 1 is needed", options.samples.value_or(0));
    for (const Port& port : graph.inputs) sources_.push_back({port.name, graph.type(port.value), std::nullopt, {}});
    size_ = static_cast<size_t>(options.samples.value_or(1));
    if (!options.path.empty()) within(options.path, [&] { open_file(); });
}

static std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
    return text;
}

void Samples::open_file() {
    check(!sources_.empty(), "the model has no inputs to take data");
    if (options_.path.ends_with(".npz")) {
        const Npz npz(map_file(options_.path));
        for (size_t i = 0; i < sources_.size(); ++i) {
            Source& source = sources_[i];
            std::string name = source.name;
            if (!npz.contains(name)) name = fmt::format("arr_{}", i);  // np.savez without names
            if (!npz.contains(name) && sources_.size() == 1 && npz.names().size() == 1) name = npz.names()[0];
            check(npz.contains(name), "there is no array for input '{}': the file has {}", source.name, joined(npz.names()));
            take(source, npz.read(name));
        }
    } else {
        check(options_.path.ends_with(".npy"), "data is read from .npy and .npz files");
        std::vector<std::string> names;
        for (const Source& source : sources_) names.push_back(source.name);
        check(sources_.size() == 1, "the model has {} inputs: give a .npz with the arrays {}", sources_.size(), joined(names));
        take(sources_[0], parse_npy(map_file(options_.path)));
    }
    int64_t count = 1;
    for (const Source& source : sources_) count = std::max(count, source.fit.count);
    for (const Source& source : sources_)
        check(source.fit.count == count || source.fit.count == 1, "input '{}' has {} samples, another has {}", source.name,
              source.fit.count, count);
    stored_ = static_cast<size_t>(count);
    size_ = static_cast<size_t>(std::min(options_.samples.value_or(count), count));
    if (options_.samples && *options_.samples > count)
        notes_.push_back(fmt::format("{}: has {} samples, {} were asked for", options_.path, count, *options_.samples));
}

void Samples::take(Source& source, Array array) {
    const auto fit = fit_samples(array.shape, source.type.shape);
    check(fit.has_value(), "input '{}' is {}, the array is {}: no number of samples fits", source.name,
          to_string(source.type.shape), to_string(array.shape));
    source.fit = *fit;
    if (!fit->perm.empty())
        notes_.push_back(fmt::format("{}: input '{}' is {}, the array holds {}: transposed", options_.path, source.name,
                                     to_string(source.type.shape), to_string(fit->shape)));
    source.array = std::move(array);
}

Buffer Samples::from_array(const Source& source, size_t index) const {
    const auto count = static_cast<size_t>(source.type.elements());
    const Array& array = *source.array;
    const size_t at = source.fit.count == 1 ? 0 : index;
    const std::byte* data = array.data.bytes().data() + at * count * (dtype_bits(array.dtype) / 8);
    std::vector<std::byte> sample = within(fmt::format("{}: input '{}', sample {}", options_.path, source.name, at), [&] {
        return converted(data, static_cast<int64_t>(count), array.dtype, source.type);
    });
    if (!source.fit.perm.empty())
        return transposed(Buffer::of(std::move(sample)), {source.type.dtype, source.fit.shape, {}}, source.fit.perm);
    return Buffer::of(std::move(sample));
}

// Fewer samples than the file has are spread evenly over it: files are often sorted by class.
size_t Samples::stored_index(size_t index) const { return stored_ == 0 ? index : index * stored_ / size_; }

std::vector<Buffer> Samples::inputs(size_t index) const {
    const size_t stored = stored_index(index);
    std::vector<Buffer> inputs;
    for (size_t i = 0; i < sources_.size(); ++i)
        inputs.push_back(sources_[i].array ? from_array(sources_[i], stored)
                                           : Buffer::of(random_elements(sources_[i].type, options_.seed, stored, i)));
    return inputs;
}

}  // namespace tinsmith

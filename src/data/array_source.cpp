#include "base/file.hpp"
#include "data/convert.hpp"
#include "data/fit.hpp"
#include "data/source.hpp"

namespace tinsmith {

namespace {

class ArraySource final : public Source {
public:
    ArraySource(std::string path, Buffer file, Array array, SampleFit fit, const InputSlot& slot)
        : path_(std::move(path)), file_(std::move(file)), array_(std::move(array)), fit_(std::move(fit)), slot_(slot) {}

    std::optional<PixelTable> table;  // set: samples are pixels
    size_t channel_axis = 0;

    size_t count() const override { return static_cast<size_t>(fit_.count); }
    std::string name(size_t index) const override { return fmt::format("{}, sample {}", path_, index); }
    bool pixels() const override { return table.has_value(); }

    Buffer sample(size_t index) const override {
        const size_t bytes = static_cast<size_t>(slot_.type.elements()) * (dtype_bits(array_.dtype) / 8);
        const std::span<const std::byte> all = array_.data.bytes();
        Buffer out = taken(all.data() + index * bytes, index);
        const size_t block = index * bytes / released_bytes * released_bytes, end = (index + 1) * bytes;
        if (end / released_bytes != block / released_bytes || end == all.size())
            release_pages(file_, all.subspan(block, end - block));
        return out;
    }

private:
    // Of a file that samples lie in: what was read is given back in blocks of so many bytes.
    static constexpr size_t released_bytes = size_t{1} << 20;

    Buffer taken(const std::byte* data, size_t index) const {
        if (table) return Buffer::of(table->apply(reinterpret_cast<const uint8_t*>(data), fit_.shape, fit_.perm, channel_axis));
        Buffer out = Buffer::of(within(fmt::format("{}: input '{}', sample {}", path_, slot_.name, index),
                                       [&] { return converted(data, slot_.type.elements(), array_.dtype, slot_.type); }));
        return fit_.perm.empty() ? out : transposed(out, {slot_.type.dtype, fit_.shape, {}}, fit_.perm);
    }

    std::string path_;
    Buffer file_;  // mapped
    Array array_;
    SampleFit fit_;
    InputSlot slot_;
};

// Why nothing fits: as precisely as the shapes tell.
std::string misfit(const Array& array, const InputSlot& slot, const DataOptions& options) {
    const Shape& in = slot.type.shape;
    Shape other = array.shape;
    std::string reason = "that is no sample, nor a row of samples";
    if (array.type().elements() == 0) reason = "it holds nothing";
    for (size_t axis : {size_t{1}, in.size() - 1}) {  // would another number of channels fit?
        if (in.size() < 3 || other.size() != in.size() || axis >= other.size()) break;
        const int64_t extent = std::exchange(other[axis], in[axis]);
        if (extent != in[axis] && fit_samples(other, in))
            reason = fmt::format("{} channels where the input has {}", extent, in[axis]);
        other[axis] = extent;
    }
    if (options.preprocess.data_layout && fit_samples(array.shape, in))
        reason =
            fmt::format("--data-layout {} does not fit, the other layout does", layout_name(*options.preprocess.data_layout));
    return fmt::format("input '{}' is {}, the array is {}: {}", slot.name, to_string(in), to_string(array.shape), reason);
}

}  // namespace

std::shared_ptr<const Source> array_source(const std::string& path, const Buffer& file, Array array, const InputSlot& slot,
                                           const DataOptions& options, std::vector<std::string>& notes) {
    const Shape& in = slot.type.shape;
    const auto fit = fit_samples(array.shape, in, possible_layouts(slot, options));
    if (!fit) throw Error(Fault::input, misfit(array, slot, options));
    if (!fit->perm.empty())
        notes.push_back(fmt::format("{}: input '{}' is {}, the array holds {}: transposed", path, slot.name, to_string(in),
                                    to_string(fit->shape)));
    const std::optional<Normalization> normalize = options.preprocess.in_force();
    const bool bytes = array.dtype == DType::u8, takes_reals = is_float(slot.type.dtype) || slot.type.quant;
    check(bytes || !options.preprocess.folded,
          "input '{}': raw pixels are its input, the array is {} and not u8: the normalisation is in the model", slot.name,
          dtype_name(array.dtype));
    if (!bytes && normalize && array.dtype != DType::i8 && takes_reals)
        notes.push_back(
            fmt::format("{}: {} numbers are taken as they are; --normalize {} is for pixels (images and uint8 arrays)", path,
                        dtype_name(array.dtype), normalize->text));
    if (bytes && !normalize && is_float(slot.type.dtype) && pixel_input(in, slot.layout) && in.size() > 2)
        notes.push_back(fmt::format("{}: pixels go in as numbers 0..255; --normalize says otherwise", path));
    auto source = std::make_shared<ArraySource>(path, file, std::move(array), *fit, slot);
    if (bytes && takes_reals && (normalize || is_float(slot.type.dtype))) {
        source->table.emplace(slot.type, normalize);
        source->channel_axis = channel_axis(slot, normalize);
    }
    return source;
}

}  // namespace tinsmith

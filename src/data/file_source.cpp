// Samples that are files: decoded when they are asked for.
#include "data/convert.hpp"
#include "data/fit.hpp"
#include "data/source.hpp"

#include "base/file.hpp"
#include "base/suffix.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace tinsmith {

namespace {

namespace fs = std::filesystem;

class FileSource : public Source {
public:
    FileSource(PathList list, const InputSlot& slot) : slot_(slot), list_(std::move(list)) {}
    size_t count() const override { return list_.size(); }
    std::string name(size_t index) const override { return list_.path(index); }
    bool pixels() const override { return false; }

    Buffer sample(size_t index) const override {
        const std::string path = list_.path(index);
        return within(fmt::format("{}{}: input '{}'", list_.where(index), path, slot_.name),
                      [&] { return decoded(map_file(path)); });
    }

protected:
    virtual Buffer decoded(const Buffer& file) const = 0;
    InputSlot slot_;

private:
    PathList list_;
};

class ImageSource final : public FileSource {
public:
    ImageSource(PathList list, const InputSlot& slot, const PixelInput& input, const Preprocess& how)
        : FileSource(std::move(list), slot), input_(input), how_(how), table_(slot.type, how.in_force()) {
        channel_axis(slot, how.in_force());  // does it have the channels that the normalisation is for?
    }
    bool pixels() const override { return true; }

protected:
    Buffer decoded(const Buffer& file) const override {
        Image image = resized(decode_image(file, input_.channels), input_.height, input_.width,
                              how_.resize.value_or(Resize::stretch), how_.antialias.value_or(true));
        if (input_.channels == 3 && how_.channels == Channels::bgr)
            for (size_t i = 0; i < image.pixels.size(); i += 3) std::swap(image.pixels[i], image.pixels[i + 2]);
        const Shape lies{image.height, image.width, image.channels};
        const Ints perm = input_.channels_first ? Ints{2, 0, 1} : Ints{};
        return Buffer::of(table_.apply(image.pixels.data(), lies, perm, input_.channels_first ? 0 : 2));
    }

private:
    PixelInput input_;
    Preprocess how_;
    PixelTable table_;
};

class SoundSource final : public FileSource {
public:
    SoundSource(PathList list, const InputSlot& slot, int64_t rate, float factor, bool any_rate)
        : FileSource(std::move(list), slot), rate_(rate), factor_(factor), any_rate_(any_rate) {}

protected:
    Buffer decoded(const Buffer& file) const override {
        Sound sound = decode_wav(file);
        check(any_rate_ || sound.rate == rate_, "{} samples a second, the first file has {}: --rate {} brings all to one",
              sound.rate, rate_, rate_);
        const int64_t length = slot_.type.elements();
        sound = resampled(std::move(sound), rate_, length);
        sound.samples.resize(static_cast<size_t>(length));
        for (float& sample : sound.samples) {
            sample *= factor_;
            if (!is_float(slot_.type.dtype) && !slot_.type.quant)
                sample = std::clamp(std::nearbyint(sample), -32768.0f, 32767.0f);
        }
        return Buffer::of(converted(reinterpret_cast<const std::byte*>(sound.samples.data()), length, DType::f32, slot_.type));
    }

private:
    int64_t rate_;
    float factor_;
    bool any_rate_;
};

// One .npy for each sample.
class ArrayFileSource final : public FileSource {
public:
    ArrayFileSource(PathList list, const InputSlot& slot, const DataOptions& options, bool pixels)
        : FileSource(std::move(list), slot), options_(options), pixels_(pixels) {}
    bool pixels() const override { return pixels_; }

protected:
    Buffer decoded(const Buffer& file) const override {
        std::vector<std::string> ignored;
        const auto source = array_source("", file, parse_npy(file), slot_, options_, ignored);
        check(source->count() == 1, "the array holds {} samples: in a folder each file is one", source->count());
        return source->sample(0);
    }

private:
    DataOptions options_;
    bool pixels_;
};

enum class Kind { image, sound, array };

Kind kind_of(std::string_view path) {
    return is_image_path(path) ? Kind::image : is_sound_path(path) ? Kind::sound : Kind::array;
}

std::shared_ptr<const Source> image_source(PathList list, const InputSlot& slot, DataOptions& options,
                                           std::vector<std::string>& notes) {
    const auto input = pixel_input(slot.type.shape, slot.layout);
    check(input.has_value(),
          "{}: input '{}' is {}: an image goes into 1xHxWx3, 1xHxWx1, 1x3xHxW, 1x1xHxW or a square number of grey pixels",
          options.path, slot.name, to_string(slot.type.shape));
    if (!options.preprocess.in_force()) {
        const bool stored = slot.type.quant && dtype_bits(slot.type.dtype) == 8;
        if (!stored && (is_float(slot.type.dtype) || slot.type.quant))
            options.preprocess.normalize = normalization_from("0..1");
        notes.push_back(fmt::format("images: pixels {}; --normalize states what the network was trained on",
                                    options.preprocess.normalize ? "become 0..1" : "are the stored numbers of the input"));
    }
    return std::make_shared<ImageSource>(std::move(list), slot, *input, options.preprocess);
}

std::shared_ptr<const Source> sound_source(PathList list, const InputSlot& slot, const DataOptions& options,
                                           std::vector<std::string>& notes) {
    const Shape& shape = slot.type.shape;
    const bool line = std::count_if(shape.begin(), shape.end(), [](int64_t extent) { return extent > 1; }) <= 1;
    check(line, "{}: input '{}' is {}: sound is one line of samples; for spectrograms give arrays (.npy)", options.path,
          slot.name, to_string(shape));
    const std::string first = list.where(0) + list.path(0);
    const Sound sound = within(first, [&] { return decode_wav(map_file(list.path(0))); });
    const int64_t rate = options.preprocess.rate.value_or(sound.rate), length = slot.type.elements();
    const int64_t there = std::ssize(sound.samples) * rate / sound.rate;
    if (there != length)
        notes.push_back(fmt::format("{}: {} samples at {} a second, input '{}' takes {}: {}", first, there, rate, slot.name,
                                    length, there > length ? "the end is cut off" : "zeros follow"));
    const bool integers = !is_float(slot.type.dtype) && !slot.type.quant;
    const bool raw = integers || (options.preprocess.normalize && options.preprocess.normalize->text == "raw");
    return std::make_shared<SoundSource>(std::move(list), slot, rate, raw ? 32768.0f : 1.0f,
                                         options.preprocess.rate.has_value());
}

std::shared_ptr<const Source> arrays_source(PathList list, const InputSlot& slot, const DataOptions& options,
                                            std::vector<std::string>& notes) {
    const std::string path = list.path(0);
    const auto first = within(list.where(0) + path, [&] {
        const Buffer file = map_file(path);
        return array_source(path, file, parse_npy(file), slot, options, notes);
    });
    return std::make_shared<ArrayFileSource>(std::move(list), slot, options, first->pixels());
}

}  // namespace

std::shared_ptr<const Source> file_source(PathList list, const InputSlot& slot, DataOptions& options,
                                          std::vector<std::string>& notes) {
    const Kind kind = kind_of(list.paths.front());
    for (size_t i = 0; i < list.size(); ++i)
        if (kind_of(list.paths[i]) != kind)
            fail(Fault::input, "{}{}: samples are of one kind, and the first is {}", list.where(i), list.paths[i],
                 list.paths.front());
    if (kind == Kind::image) return image_source(std::move(list), slot, options, notes);
    if (kind == Kind::sound) return sound_source(std::move(list), slot, options, notes);
    return arrays_source(std::move(list), slot, options, notes);
}

}  // namespace tinsmith

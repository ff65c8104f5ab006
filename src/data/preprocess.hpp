// Preprocessing: from pixels and sound to the numbers that a network was trained on. Stated once on the command line, recorded
// beside what convert writes, and read from there by every later run.
#pragma once

#include "base/error.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tinsmith {

// real = (pixel - mean[channel]) / deviation[channel] for pixels 0..255; one entry serves all channels.
struct Normalization {
    std::string text;  // as it was stated
    std::vector<double> mean, deviation;

    bool one_scale() const { return mean.size() == 1; }
    float real(double pixel, size_t channel) const {
        const size_t c = one_scale() ? 0 : channel;
        return static_cast<float>((pixel - mean[c]) / deviation[c]);
    }
    bool operator==(const Normalization&) const = default;
};

// "0..1", "-1..1", "imagenet", "raw", or "mean=M,M,M,std=S,S,S": of values 0..1 (PyTorch's convention), of pixels 0..255 when
// any number is above 1. Throws Fault::input naming these forms.
Normalization normalization_from(const std::string& text);

enum class Resize { stretch, fit, crop };
enum class Channels { rgb, bgr };
enum class Layout { nhwc, nchw };

std::string_view resize_name(Resize resize);
std::string_view channels_name(Channels channels);
std::string_view layout_name(Layout layout);
// The inverse. Throw Fault::input.
Resize resize_from(std::string_view name);
Channels channels_from(std::string_view name);
Layout layout_from(std::string_view name);

// What models of a format usually have ("tflite": channels-last, "onnx opset 17": channels-first).
Layout usual_layout(std::string_view format);

// What is unset was not stated.
struct Preprocess {
    // stretch: both sides to the input's, whatever the aspect (the default). fit: as large as fits, centred on black. crop: the
    // shorter side to the input's, then the centre (torchvision's Resize and CenterCrop).
    std::optional<Resize> resize;
    // Bilinear with half-pixel centres; where it shrinks, over all pixels that an output pixel covers as Pillow and torchvision
    // do (the default, and to the bit Pillow's), or over two as OpenCV and tf.image.resize do.
    std::optional<bool> antialias;
    std::optional<Channels> channels;  // of the network's input; default rgb
    std::optional<Normalization> normalize;
    std::optional<Layout> data_layout;    // of arrays; default: the source model's
    std::optional<int64_t> rate;          // of sound, in samples a second; default: the file's
    std::optional<Normalization> folded;  // --fold-normalize: the written file computes it itself; its input is raw pixels

    // What happens to pixels here: nothing when the model itself does it.
    std::optional<Normalization> in_force() const;
    // What is unset here and set there.
    void add_missing(const Preprocess& recorded);
    bool operator==(const Preprocess&) const = default;
};

nlohmann::ordered_json to_json(const Preprocess& preprocess);
// Throws Fault::input naming the key that is not understood.
Preprocess preprocess_from_json(const nlohmann::ordered_json& json);

}  // namespace tinsmith

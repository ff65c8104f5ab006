// Sound: RIFF/WAVE files become one channel of numbers in -1..1, at the wanted rate.
#pragma once

#include "base/buffer.hpp"
#include "base/error.hpp"

namespace tinsmith {

struct Sound {
    int64_t rate = 0;  // samples a second
    std::vector<float> samples;
};

// PCM of 8, 16, 24 and 32 bits and floats of 32 and 64; several channels become their mean. Throws Fault::input when the bytes
// are no such file, are damaged or cut off.
Sound decode_wav(const Buffer& file);
// Its rate alone.
int64_t wav_rate(const Buffer& file);

// At another rate, by a windowed sinc (Smith: Digital Audio Resampling; Hann window, 6 zero crossings, cut off at 0.99 of the
// lower Nyquist frequency: torchaudio's default). The first `most` samples of the result.
Sound resampled(Sound sound, int64_t rate, int64_t most);

// By the suffix of a path.
bool is_sound_path(std::string_view path);

}  // namespace tinsmith

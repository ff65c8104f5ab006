#include "data/sound.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace tinsmith {

static constexpr int64_t zero_crossings = 6;
static constexpr double rolloff = 0.99;

// sinc(t) under a Hann window of `zero_crossings` on each side.
static double windowed_sinc(double t) {
    if (std::fabs(t) >= zero_crossings) return 0;
    const double window = std::cos(t * std::numbers::pi / zero_crossings / 2);
    const double x = t * std::numbers::pi;
    return window * window * (x == 0 ? 1 : std::sin(x) / x);
}

Sound resampled(Sound sound, int64_t rate, int64_t most) {
    if (sound.rate == rate) {
        sound.samples.resize(std::min(sound.samples.size(), static_cast<size_t>(most)));
        return sound;
    }
    const int64_t common = std::gcd(sound.rate, rate), from = sound.rate / common, to = rate / common;
    const double cutoff = static_cast<double>(std::min(from, to)) * rolloff;  // in cycles of `common`
    const auto width = static_cast<int64_t>(std::ceil(zero_crossings * static_cast<double>(from) / cutoff));
    const auto length = static_cast<int64_t>(sound.samples.size());
    const int64_t count = std::min((length * to + from - 1) / from, most);
    // Output i lies at i * from / to of the input; its weights depend on the remainder alone: `to` rows of them.
    const auto taps = static_cast<size_t>(2 * width + 1);
    std::vector<float> rows(static_cast<size_t>(std::min(to, count)) * taps);
    for (int64_t phase = 0; phase < std::min(to, count); ++phase) {
        const double offset = static_cast<double>(phase * from % to) / static_cast<double>(to);
        for (size_t k = 0; k < taps; ++k)
            rows[static_cast<size_t>(phase) * taps + k] =
                static_cast<float>(windowed_sinc((static_cast<double>(k) - static_cast<double>(width) - offset) /
                                                 static_cast<double>(from) * cutoff) *
                                   cutoff / static_cast<double>(from));
    }
    Sound out{rate, std::vector<float>(static_cast<size_t>(count))};
    for (int64_t i = 0; i < count; ++i) {
        const int64_t first = i * from / to - width, begin = std::max<int64_t>(first, 0),
                      end = std::min(first + 2 * width + 1, length);
        const float* row = rows.data() + static_cast<size_t>(i % to) * taps;
        double sum = 0;
        for (int64_t at = begin; at < end; ++at)
            sum += static_cast<double>(sound.samples[static_cast<size_t>(at)]) * static_cast<double>(row[at - first]);
        out.samples[static_cast<size_t>(i)] = static_cast<float>(sum);
    }
    return out;
}

}  // namespace tinsmith

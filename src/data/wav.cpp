#include "base/suffix.hpp"
#include "data/sound.hpp"

#include <cmath>

namespace tinsmith {

namespace {

constexpr uint16_t pcm = 1, floating = 3, extensible = 0xfffe;

template <class T>
T little_endian(std::span<const std::byte> at) {
    uint64_t out = 0;
    for (size_t i = sizeof(T); i-- > 0;) out = out << 8 | static_cast<uint64_t>(at[i]);
    return static_cast<T>(out);
}

struct Wave {
    uint16_t format = 0, channels = 0, bits = 0;
    uint32_t rate = 0;
    std::span<const std::byte> data;
};

void read_format(std::span<const std::byte> chunk, Wave& out) {
    check(chunk.size() >= 16, "the chunk 'fmt ' has {} bytes, at least 16 are needed", chunk.size());
    out.format = little_endian<uint16_t>(chunk);
    out.channels = little_endian<uint16_t>(chunk.subspan(2));
    out.rate = little_endian<uint32_t>(chunk.subspan(4));
    const auto block = little_endian<uint16_t>(chunk.subspan(12));
    out.bits = little_endian<uint16_t>(chunk.subspan(14));
    if (out.format == extensible && chunk.size() >= 26) out.format = little_endian<uint16_t>(chunk.subspan(24));
    const bool known = (out.format == pcm && (out.bits == 8 || out.bits == 16 || out.bits == 24 || out.bits == 32)) ||
                       (out.format == floating && (out.bits == 32 || out.bits == 64));
    check(known, "sound of format {} with {} bits is not read: PCM of 8, 16, 24 or 32 bits and float of 32 or 64 are",
          out.format, out.bits);
    check(out.channels >= 1 && out.channels <= 64, "{} channels are not believable", out.channels);
    check(out.rate >= 1 && out.rate <= 1000000, "{} samples a second are not believable", out.rate);
    check(block == out.channels * out.bits / 8, "a block of {} bytes cannot hold {} channels of {} bits", block, out.channels,
          out.bits);
}

Wave parse(std::span<const std::byte> file) {
    const auto text_at = [&](size_t at) { return std::string_view(reinterpret_cast<const char*>(file.data()) + at, 4); };
    check(file.size() >= 12 && text_at(0) == "RIFF" && text_at(8) == "WAVE", "this is no WAV file (RIFF/WAVE)");
    Wave out;
    for (size_t at = 12; file.size() - at >= 8;) {
        const std::string_view name = text_at(at);
        const size_t size = little_endian<uint32_t>(file.subspan(at + 4)), left = file.size() - at - 8;
        if (name == "fmt ") {
            check(size <= left, "the file is cut off");
            read_format(file.subspan(at + 8, size), out);
        } else if (name == "data") {
            check(out.rate > 0, "the chunk 'data' stands before 'fmt '");
            check(size <= left, "the file is cut off: {} of {} bytes of sound are there", left, size);
            out.data = file.subspan(at + 8, size);
            check(!out.data.empty(), "the file holds no sound");
            check(size % (out.channels * out.bits / 8u) == 0, "the sound ends within a block");
            return out;
        }
        if (size >= left) break;
        at += 8 + size + (size & 1);  // chunks start at even places
        if (at > file.size()) break;
    }
    fail(Fault::input, "the file has no chunk '{}'", out.rate > 0 ? "data" : "fmt ");
}

float sample_at(const Wave& wave, size_t at) {
    const std::span<const std::byte> bytes = wave.data.subspan(at * (wave.bits / 8));
    if (wave.format == floating && wave.bits == 32) {
        const auto bits = little_endian<uint32_t>(bytes);
        float value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return value;
    }
    if (wave.format == floating) {
        const auto bits = little_endian<uint64_t>(bytes);
        double value = 0;
        std::memcpy(&value, &bits, sizeof value);
        return static_cast<float>(value);
    }
    switch (wave.bits) {
        case 8: return (static_cast<float>(std::to_integer<int>(bytes[0])) - 128) / 128;
        case 16: return static_cast<float>(little_endian<int16_t>(bytes)) / 32768;
        case 24: {
            const uint32_t high =
                static_cast<uint32_t>(little_endian<uint16_t>(bytes.subspan(1))) << 16 | static_cast<uint32_t>(bytes[0]) << 8;
            return static_cast<float>(static_cast<int32_t>(high)) / 2147483648.0f;
        }
        default: return static_cast<float>(little_endian<int32_t>(bytes)) / 2147483648.0f;
    }
}

}  // namespace

bool is_sound_path(std::string_view path) { return has_suffix(path, {".wav"}); }

int64_t wav_rate(const Buffer& file) { return parse(file.bytes()).rate; }

Sound decode_wav(const Buffer& file) {
    const Wave wave = parse(file.bytes());
    const size_t channels = wave.channels, frames = wave.data.size() / (wave.bits / 8) / channels;
    Sound out{wave.rate, std::vector<float>(frames)};
    for (size_t i = 0; i < frames; ++i) {
        double sum = 0;
        for (size_t c = 0; c < channels; ++c) sum += static_cast<double>(sample_at(wave, i * channels + c));
        out.samples[i] = static_cast<float>(sum / static_cast<double>(channels));
        check(std::isfinite(out.samples[i]), "sample {} is {}", i, out.samples[i]);
    }
    return out;
}

}  // namespace tinsmith

// Sound: every kind of PCM, any rate, and no header that lies.
#include "data/sound.hpp"

#include "data_test.hpp"

#include <cmath>
#include <numbers>

namespace tinsmith {
namespace {

std::string little(uint64_t value, size_t bytes) {
    std::string out;
    for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 255);
    return out;
}

std::string wav(int format, int channels, int rate, int bits, const std::string& data) {
    const int block = channels * bits / 8;
    const std::string fmt = little(static_cast<uint64_t>(format), 2) + little(static_cast<uint64_t>(channels), 2) +
                            little(static_cast<uint64_t>(rate), 4) + little(static_cast<uint64_t>(rate * block), 4) +
                            little(static_cast<uint64_t>(block), 2) + little(static_cast<uint64_t>(bits), 2);
    const std::string odd("LIST\3\0\0\0abc\0", 12);  // a chunk of odd size is padded
    const std::string body = "WAVEfmt " + little(fmt.size(), 4) + fmt + odd + "data" + little(data.size(), 4) + data;
    return "RIFF" + little(body.size(), 4) + body;
}

Buffer file(const std::string& text) { return Buffer::copy_of(std::as_bytes(std::span(text.data(), text.size()))); }

TEST(Wav, every_kind_of_number) {
    const auto first = [](int format, int bits, uint64_t value) {
        return decode_wav(file(wav(format, 1, 16000, bits, little(value, static_cast<size_t>(bits) / 8)))).samples.at(0);
    };
    EXPECT_EQ(first(1, 8, 0), -1.0f);
    EXPECT_EQ(first(1, 8, 192), 0.5f);
    EXPECT_EQ(first(1, 16, 0x8000), -1.0f);
    EXPECT_EQ(first(1, 16, 0x4000), 0.5f);
    EXPECT_EQ(first(1, 24, 0xc00000), -0.5f);
    EXPECT_EQ(first(1, 24, 0x200000), 0.25f);
    EXPECT_EQ(first(1, 32, 0x80000000), -1.0f);
    EXPECT_EQ(first(3, 32, 0x3e800000), 0.25f);
    EXPECT_EQ(first(3, 64, 0x3fe0000000000000), 0.5f);
}

TEST(Wav, channels_become_their_mean) {
    const Sound sound =
        decode_wav(file(wav(1, 2, 8000, 16, little(0x4000, 2) + little(0xc000, 2) + little(0x4000, 2) + little(0x4000, 2))));
    EXPECT_EQ(sound.rate, 8000);
    EXPECT_EQ(sound.samples, (std::vector<float>{0, 0.5f}));
}

TEST(Wav, lies_are_named) {
    const std::string good = wav(1, 1, 16000, 16, "abcdefgh");
    const auto message = [](const std::string& text) { return message_of([&] { decode_wav(file(text)); }); };
    EXPECT_EQ(message("RIFX"), "this is no WAV file (RIFF/WAVE)");
    EXPECT_EQ(message(good.substr(0, good.size() - 3)), "the file is cut off: 5 of 8 bytes of sound are there");
    EXPECT_EQ(message(wav(85, 1, 16000, 16, "abcd")),
              "sound of format 85 with 16 bits is not read: PCM of 8, 16, 24 or 32 bits and float of 32 or 64 are");
    EXPECT_EQ(message(wav(1, 0, 16000, 16, "abcd")), "0 channels are not believable");
    EXPECT_EQ(message(wav(1, 1, 0, 16, "abcd")), "0 samples a second are not believable");
    EXPECT_EQ(message(wav(1, 1, 16000, 16, "abc")), "the sound ends within a block");
    EXPECT_EQ(message(wav(1, 1, 16000, 16, "")), "the file holds no sound");
    EXPECT_EQ(message(wav(3, 1, 16000, 32, little(0x7fc00000, 4))), "sample 0 is nan");
    EXPECT_EQ(message(good.substr(0, 36)), "the file has no chunk 'data'");
    for (size_t size = 0; size < good.size(); ++size) EXPECT_NE(message(good.substr(0, size)), "no error") << size;
    for (size_t at = 0; at < good.size(); ++at) {
        std::string damaged = good;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x5a);
        message(damaged);  // an error or sound, and no more
    }
}

TEST(Resample, a_sine_stays_that_sine) {
    for (const auto& [from, to] : {std::pair{44100, 16000}, {8000, 16000}, {48000, 16000}, {16000, 11025}}) {
        Sound sound{from, {}};
        const double pitch = 440 * 2 * std::numbers::pi;
        for (int i = 0; i < from / 2; ++i) sound.samples.push_back(static_cast<float>(std::sin(pitch * i / from)));
        const Sound out = resampled(sound, to, 1 << 20);
        ASSERT_EQ(std::ssize(out.samples), to / 2 + (to % 2));
        for (size_t i = 200; i + 200 < out.samples.size(); ++i)
            ASSERT_NEAR(out.samples[i], std::sin(pitch * static_cast<double>(i) / to), 5e-3)
                << from << " to " << to << ", " << i;
        EXPECT_EQ(resampled(sound, to, 10).samples, std::vector<float>(out.samples.begin(), out.samples.begin() + 10));
    }
}

TEST(Resample, what_lies_above_the_new_nyquist_frequency_is_gone) {
    Sound sound{48000, {}};
    for (int i = 0; i < 24000; ++i)
        sound.samples.push_back(static_cast<float>(std::sin(15000 * 2 * std::numbers::pi * i / 48000)));
    const Sound out = resampled(sound, 16000, 1 << 20);
    for (size_t i = 100; i + 100 < out.samples.size(); ++i) ASSERT_LT(std::fabs(out.samples[i]), 0.01f) << i;
}

}  // namespace
}  // namespace tinsmith

#include "quant/moments.hpp"

#include "base/vector_isa.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "quant/moments.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace tinsmith::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;

// to[i][j] += the sum over rows of (row[i] * share) * row[j], for i in [first, first + 4) and all j from first's vector on. Sums
// go row by row, so that they do not depend on the width of vectors.
HWY_ATTR static void add_four(const float* rows, size_t count, size_t pitch, float share, size_t first, float* to) {
    const Floats d;
    const size_t lanes = hn::Lanes(d);
    for (size_t j = first / lanes * lanes; j < pitch; j += lanes) {
        float* const at = to + first * pitch + j;
        auto s0 = hn::LoadU(d, at), s1 = hn::LoadU(d, at + pitch), s2 = hn::LoadU(d, at + 2 * pitch),
             s3 = hn::LoadU(d, at + 3 * pitch);
        for (size_t r = 0; r < count; ++r) {
            const float* const row = rows + r * pitch;
            const auto x = hn::LoadU(d, row + j);
            s0 = hn::Add(s0, hn::Mul(hn::Set(d, row[first] * share), x));
            s1 = hn::Add(s1, hn::Mul(hn::Set(d, row[first + 1] * share), x));
            s2 = hn::Add(s2, hn::Mul(hn::Set(d, row[first + 2] * share), x));
            s3 = hn::Add(s3, hn::Mul(hn::Set(d, row[first + 3] * share), x));
        }
        hn::StoreU(s0, d, at);
        hn::StoreU(s1, d, at + pitch);
        hn::StoreU(s2, d, at + 2 * pitch);
        hn::StoreU(s3, d, at + 3 * pitch);
    }
}

HWY_ATTR static void add_rows(const float* rows, size_t count, size_t pitch, float share, float* to) {
    for (size_t first = 0; first < pitch; first += 4) add_four(rows, count, pitch, share, first, to);
}

}  // namespace tinsmith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinsmith {

// Floats of the widest vectors, rows that stay in the cache while all pairs of their numbers are multiplied, and channels side by
// side in a line of the cache.
static constexpr size_t widest = 16, cached_rows = 64, together = 16;

static Moments empty_moments(size_t width) {
    Moments m{width, (width + widest - 1) / widest * widest, std::vector<float>(width), {}};
    m.covariance.assign(m.pitch * m.pitch, 0);
    return m;
}

static float mean_of(const LayerInputs& from, size_t column) {
    return static_cast<float>(from.sum[column] / static_cast<double>(from.count));
}

Moments moments(const LayerInputs& from) {
    Moments m = empty_moments(static_cast<size_t>(from.width));
    const auto count = static_cast<size_t>(from.count);
    for (size_t i = 0; i < m.width; ++i) m.mean[i] = mean_of(from, i);
    std::vector<float> centred(std::min(cached_rows, count) * m.pitch, 0.0f);
    for (size_t first = 0; first < count; first += cached_rows) {
        const size_t rows = std::min(cached_rows, count - first);
        for (size_t r = 0; r < rows; ++r)
            for (size_t i = 0; i < m.width; ++i) centred[r * m.pitch + i] = from.rows[(first + r) * m.width + i] - m.mean[i];
        TINSMITH_BEST(add_rows)(centred.data(), rows, m.pitch, 1 / static_cast<float>(count), m.covariance.data());
    }
    for (size_t i = 0; i < m.width; ++i)
        for (size_t j = 0; j < i; ++j) m.covariance[i * m.pitch + j] = m.covariance[j * m.pitch + i];
    return m;
}

// Channels [first, first + count), their numbers side by side.
static void add_channels(const LayerInputs& from, size_t channels, size_t first, size_t count, std::span<Moments> to) {
    const size_t width = to[0].width, whole = width * channels;
    const float share = 1 / static_cast<float>(from.count);
    std::vector<float> products(width * width * together), mean(width * together), row(width * together), weighted(together);
    for (size_t i = 0; i < width; ++i)
        for (size_t c = 0; c < count; ++c) mean[i * together + c] = mean_of(from, i * channels + first + c);
    for (size_t r = 0; r < static_cast<size_t>(from.count); ++r) {
        for (size_t i = 0; i < width; ++i)
            for (size_t c = 0; c < count; ++c)
                row[i * together + c] = from.rows[r * whole + i * channels + first + c] - mean[i * together + c];
        for (size_t i = 0; i < width; ++i) {
            for (size_t c = 0; c < together; ++c) weighted[c] = row[i * together + c] * share;
            for (size_t j = i; j < width; ++j)
                for (size_t c = 0; c < together; ++c)
                    products[(i * width + j) * together + c] += weighted[c] * row[j * together + c];
        }
    }
    for (size_t c = 0; c < count; ++c)
        for (size_t i = 0; i < width; ++i) {
            to[c].mean[i] = mean[i * together + c];
            for (size_t j = i; j < width; ++j)
                to[c].covariance[i * to[c].pitch + j] = to[c].covariance[j * to[c].pitch + i] =
                    products[(i * width + j) * together + c];
        }
}

std::vector<Moments> channel_moments(const LayerInputs& from, size_t channels) {
    std::vector<Moments> all(channels, empty_moments(static_cast<size_t>(from.width) / channels));
    for (size_t first = 0; first < channels; first += together) {
        const size_t count = std::min(together, channels - first);
        add_channels(from, channels, first, count, std::span(all).subspan(first, count));
    }
    return all;
}

}  // namespace tinsmith
#endif

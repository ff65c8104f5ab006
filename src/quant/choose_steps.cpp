#include "quant/choose_steps.hpp"

#include "base/vector_isa.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "quant/choose_steps.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <cmath>

#ifndef TINSMITH_CHOOSE_STEPS
#define TINSMITH_CHOOSE_STEPS
namespace tinsmith {

static constexpr float most_steps = 127;
static constexpr int most_sweeps = 12;
// Shrinking the scale clips the largest weights and rounds all others more finely.
static constexpr std::array shrinks{1.0f, 0.96f, 0.92f, 0.88f, 0.82f, 0.76f};

// Of one scale: numbers by weight, filled up to `pitch` with zeros.
struct Descent {
    const float* covariance;
    size_t pitch;
    float scale;
    float *steps, *error, *gradient, *curvature;
};

}  // namespace tinsmith
#endif

HWY_BEFORE_NAMESPACE();
namespace tinsmith::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;

// gradients[s] = the sum over i of errors[i][s] * covariance[i], for all scales s at once: the covariance is read once.
HWY_ATTR static void gradients(const float* covariance, size_t pitch, const float* errors, float* to) {
    static_assert(shrinks.size() == 6);
    const Floats d;
    const size_t lanes = hn::Lanes(d);
    for (size_t j = 0; j < pitch; j += lanes) {
        auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
        for (size_t i = 0; i < pitch; ++i) {
            const auto row = hn::LoadU(d, covariance + i * pitch + j);
            const float* const e = errors + i * shrinks.size();
            s0 = hn::Add(s0, hn::Mul(hn::Set(d, e[0]), row));
            s1 = hn::Add(s1, hn::Mul(hn::Set(d, e[1]), row));
            s2 = hn::Add(s2, hn::Mul(hn::Set(d, e[2]), row));
            s3 = hn::Add(s3, hn::Mul(hn::Set(d, e[3]), row));
            s4 = hn::Add(s4, hn::Mul(hn::Set(d, e[4]), row));
            s5 = hn::Add(s5, hn::Mul(hn::Set(d, e[5]), row));
        }
        hn::StoreU(s0, d, to + j);
        hn::StoreU(s1, d, to + pitch + j);
        hn::StoreU(s2, d, to + 2 * pitch + j);
        hn::StoreU(s3, d, to + 3 * pitch + j);
        hn::StoreU(s4, d, to + 4 * pitch + j);
        hn::StoreU(s5, d, to + 5 * pitch + j);
    }
}

// The move of each weight of a vector that its own error asks for.
HWY_ATTR static hn::Vec<Floats> moves(const Floats d, const Descent& t, size_t at) {
    const auto curvature = hn::LoadU(d, t.curvature + at), steps = hn::LoadU(d, t.steps + at);
    const auto wanted = hn::Round(hn::Div(hn::Neg(hn::LoadU(d, t.gradient + at)), curvature));
    const auto next = hn::Clamp(hn::Add(steps, wanted), hn::Set(d, -most_steps), hn::Set(d, most_steps));
    return hn::IfThenElseZero(hn::Gt(curvature, hn::Zero(d)), hn::Sub(next, steps));
}

HWY_ATTR static void move(const Floats d, const Descent& t, size_t i, float step) {
    t.steps[i] += step;
    t.error[i] += step * t.scale;
    const auto factor = hn::Set(d, step * t.scale);
    for (size_t j = 0; j < t.pitch; j += hn::Lanes(d))
        hn::StoreU(hn::Add(hn::LoadU(d, t.gradient + j), hn::Mul(factor, hn::LoadU(d, t.covariance + i * t.pitch + j))), d,
                   t.gradient + j);
}

// All weights once, in order; each sees the moves before it. Whether any moved.
HWY_ATTR static bool sweep(const Descent& t) {
    const Floats d;
    const size_t lanes = hn::Lanes(d);
    bool moved = false;
    HWY_ALIGN float step[hn::MaxLanes(d)];
    for (size_t at = 0; at < t.pitch; at += lanes)
        for (size_t done = 0; done < lanes;) {
            const auto wanted = moves(d, t, at);
            const auto left = hn::AndNot(hn::FirstN(d, done), hn::Ne(wanted, hn::Zero(d)));
            const intptr_t lane = hn::FindFirstTrue(d, left);
            if (lane < 0) break;
            hn::Store(wanted, d, step);
            move(d, t, at + static_cast<size_t>(lane), step[lane]);
            moved = true;
            done = static_cast<size_t>(lane) + 1;
        }
    return moved;
}

HWY_ATTR static void descend(const Descent& t) {
    for (int i = 0; i < most_sweeps && sweep(t); ++i) {
    }
}

}  // namespace tinsmith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinsmith {

static double product(const float* a, const float* b, size_t count) {
    std::array<double, 4> sums{};
    for (size_t i = 0; i < count; ++i) sums[i % 4] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

ChannelSteps StepChooser::choose(std::span<const float> w, float least_scale, const Moments& m) {
    float largest = 0;
    for (float v : w) largest = std::max(largest, std::fabs(v));
    if (largest == 0) return {std::vector<float>(w.size(), 0.0f), least_scale > 0 ? least_scale : 1};
    std::array<float, shrinks.size()> scales;
    for (size_t s = 0; s < scales.size(); ++s) scales[s] = std::max(largest / most_steps * shrinks[s], least_scale);

    const size_t n = m.pitch, all = n * scales.size();
    for (auto* list : {&errors_, &gradients_, &steps_}) list->assign(all, 0);
    for (size_t i = 0; i < w.size(); ++i)
        for (size_t s = 0; s < scales.size(); ++s) {
            const float step = std::clamp(std::nearbyint(w[i] / scales[s]), -most_steps, most_steps);
            steps_[s * n + i] = step;
            errors_[i * scales.size() + s] = step * scales[s] - w[i];
        }
    TINSMITH_BEST(gradients)(m.covariance.data(), n, errors_.data(), gradients_.data());

    ChannelSteps best;
    for (size_t s = 0; s < scales.size() && (s == 0 || scales[s] != scales[s - 1]); ++s) {
        error_.assign(n, 0);
        curvatures_.assign(n, 0);
        for (size_t i = 0; i < w.size(); ++i) {
            error_[i] = errors_[i * scales.size() + s];
            curvatures_[i] = m.covariance[i * n + i] * scales[s];
        }
        const Descent descent{m.covariance.data(), n, scales[s], &steps_[s * n], error_.data(), &gradients_[s * n],
                              curvatures_.data()};
        TINSMITH_BEST(descend)(descent);
        const double left = product(error_.data(), descent.gradient, n);
        if (s > 0 && left >= best.error) continue;
        best.error = left;
        best.scale = scales[s];
        best.steps.assign(descent.steps, descent.steps + w.size());
    }
    return best;
}

}  // namespace tinsmith
#endif

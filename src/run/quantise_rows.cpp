#include "run/quantise_rows.hpp"

#include "base/vector_isa.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "run/quantise_rows.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernel/hybrid.h"

#ifndef TINSMITH_QUANTISE_ROWS
#define TINSMITH_QUANTISE_ROWS
namespace tinsmith {
struct Extremes {
    float least, most;
};
}  // namespace tinsmith
#endif

HWY_BEFORE_NAMESPACE();
namespace tinsmith::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;

// Of x and 0; a NaN is neither less nor more.
HWY_ATTR static Extremes extremes(const float* x, int64_t n) {
    const Floats d;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    auto least = hn::Zero(d), most = least;
    int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        const auto v = hn::LoadU(d, x + i);
        least = hn::IfThenElse(hn::Lt(v, least), v, least);
        most = hn::IfThenElse(hn::Gt(v, most), v, most);
    }
    Extremes all{hn::GetLane(hn::MinOfLanes(d, least)), hn::GetLane(hn::MaxOfLanes(d, most))};
    for (; i < n; ++i) {
        all.least = x[i] < all.least ? x[i] : all.least;
        all.most = x[i] > all.most ? x[i] : all.most;
    }
    return all;
}

// Whole vectors of the first n numbers, n a multiple of 8. How many were stored.
HWY_ATTR static int64_t store(const float* x, int64_t n, const tin_row_scale& s, int8_t* y) {
    const Floats d;
    const hn::RebindToSigned<Floats> di;
    const hn::Rebind<int8_t, Floats> d8;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    const auto inverse = hn::Set(d, s.inverse), half = hn::Set(d, 0.5f), low = hn::Set(d, -512.0f), high = hn::Set(d, 512.0f);
    const auto zero = hn::Set(di, s.zero), least = hn::Set(di, s.low), most = hn::Set(di, 127);
    int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
        const auto v = hn::Mul(hn::LoadU(d, x + i), inverse);
        const auto nearest = hn::Trunc(hn::Add(v, hn::IfThenElse(hn::Lt(v, hn::Zero(d)), hn::Neg(half), half)));
        const auto within = hn::IfThenElse(hn::Gt(nearest, high), high, hn::IfThenElse(hn::Ge(nearest, low), nearest, low));
        const auto steps = hn::Min(hn::Max(hn::Add(hn::ConvertTo(di, within), zero), least), most);
        hn::StoreU(hn::DemoteTo(d8, steps), d8, y + i);
    }
    return i;
}

}  // namespace tinsmith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinsmith {

RowScale quantise_row(const float* x, int64_t n, bool asymmetric, int8_t* y) {
    const Extremes seen = TINSMITH_BEST(extremes)(x, n);
    const tin_row_scale s =
        asymmetric ? tin_asymmetric_scale(seen.least, seen.most) : tin_symmetric_scale(seen.least, seen.most);
    const int64_t eights = s.flat ? 0 : n - n % 8;
    const int64_t done = TINSMITH_BEST(store)(x, eights, s, y);
    tin_store_row(x + done, n - done, &s, y + done);
    return {s.scale, s.zero};
}

}  // namespace tinsmith
#endif

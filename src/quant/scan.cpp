#include "quant/scan.hpp"

#include "base/vector_isa.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "quant/scan.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <array>

HWY_BEFORE_NAMESPACE();
namespace tinsmith::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Floats = hn::ScalableTag<float>;

// `witness` stays zero as long as all numbers are finite: 0 * infinity and 0 * NaN are NaN.
struct State {
    hn::Vec<Floats> min, max, witness;
};

HWY_ATTR static void add(const Floats d, State& s, hn::Vec<Floats> x) {
    s.min = hn::Min(s.min, x);
    s.max = hn::Max(s.max, x);
    s.witness = hn::MulAdd(x, hn::Zero(d), s.witness);
}

// Two independent chains of dependent operations: the latency of one hides behind the other. Requires count >= 1.
HWY_ATTR static Scan extremes(const float* x, size_t count) {
    const Floats d;
    const size_t lanes = hn::Lanes(d);
    State a{hn::Set(d, x[0]), hn::Set(d, x[0]), hn::Zero(d)}, b = a;
    size_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        add(d, a, hn::LoadU(d, x + i));
        add(d, b, hn::LoadU(d, x + i + lanes));
    }
    Scan scan{hn::GetLane(hn::MinOfLanes(d, hn::Min(a.min, b.min))), hn::GetLane(hn::MaxOfLanes(d, hn::Max(a.max, b.max))),
              hn::GetLane(hn::SumOfLanes(d, hn::Add(a.witness, b.witness))) == 0.0f};
    float witness = x[0] * 0.0f;
    for (; i < count; ++i) {
        scan.min = std::min(scan.min, x[i]);
        scan.max = std::max(scan.max, x[i]);
        witness += x[i] * 0.0f;
    }
    scan.finite = scan.finite && witness == 0.0f;
    return scan;
}

HWY_ATTR static void bins(const float* x, size_t count, float scale, int32_t first, int32_t* out) {
    const Floats d;
    const hn::RebindToSigned<Floats> di;
    const size_t lanes = hn::Lanes(d);
    const auto factor = hn::Set(d, scale);
    const auto offset = hn::Set(di, first);
    for (size_t i = 0; i < count; i += lanes)
        hn::StoreU(hn::Sub(hn::ConvertTo(di, hn::Floor(hn::Mul(hn::LoadU(d, x + i), factor))), offset), di, out + i);
}

}  // namespace tinsmith::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tinsmith {

// Numbers in one piece: it is still in the first cache when its picks are taken.
static constexpr size_t piece = 4096;

Scan scan(std::span<const float> numbers, size_t step, size_t phase, std::vector<float>* picked) {
    Scan whole{numbers[0], numbers[0], true};
    for (size_t at = 0, pick = phase; at < numbers.size(); at += piece) {
        const size_t end = std::min(at + piece, numbers.size());
        const Scan part = TINSMITH_BEST(extremes)(numbers.data() + at, end - at);
        whole = {std::min(whole.min, part.min), std::max(whole.max, part.max), whole.finite && part.finite};
        for (; picked && pick < end; pick += step) picked->push_back(numbers[pick]);
    }
    return whole;
}

void pick(std::span<const float> numbers, size_t step, size_t phase, std::vector<float>& picked) {
    for (size_t i = phase; i < numbers.size(); i += step) picked.push_back(numbers[i]);
}

void count_bins(std::span<const float> numbers, float scale, int32_t first, uint32_t* counts) {
    // The vectors write and read whole registers.
    constexpr size_t slack = 256;
    std::array<float, piece + slack> in{};
    std::array<int32_t, piece + slack> out;
    for (size_t at = 0; at < numbers.size(); at += piece) {
        const size_t count = std::min(piece, numbers.size() - at);
        std::copy_n(numbers.data() + at, count, in.data());
        TINSMITH_BEST(bins)(in.data(), count, scale, first, out.data());
        for (size_t i = 0; i < count; ++i) ++counts[out[i]];
    }
}

}  // namespace tinsmith
#endif

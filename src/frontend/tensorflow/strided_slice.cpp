// StridedSlice: NumPy's indexing, with its masks as bits.
#include "frontend/compose/compose.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <algorithm>
#include <bit>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

struct Masks {
    int64_t begin, end, ellipsis, new_axis, shrink;
};

bool bit(int64_t mask, size_t i) { return i < 32 && (mask >> i & 1) != 0; }

// One entry for each dimension of the operand.
struct Range {
    int64_t start = 0, count = 0, step = 1;
};

constexpr int64_t beyond = int64_t{1} << 41;  // of every extent

// start:end:step of an extent, as NumPy clamps it.
Range range_of(int64_t extent, int64_t begin, int64_t end, int64_t step, bool open_begin, bool open_end) {
    check(step != 0, "a step of 0");
    step = std::clamp(step, -beyond, beyond);
    const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? extent : extent - 1;
    auto place = [&](int64_t at) { return std::clamp(at < 0 ? at + extent : at, low, high); };
    const int64_t from = open_begin ? (step > 0 ? 0 : extent - 1) : place(begin);
    const int64_t to = open_end ? (step > 0 ? extent : -1) : place(end);
    const int64_t span = step > 0 ? to - from : from - to, size = step > 0 ? step : -step;
    return {from, span <= 0 ? 0 : (span + size - 1) / size, step};
}

ValueId take(Compose& m, ValueId x, int64_t axis, const Range& range) {
    const bool alone = range.count <= 1;  // then the step, of whatever size, does not matter
    if (alone || range.step == 1) return m.slice(x, axis, range.start, range.start + range.count);
    if (range.step > 1) {
        const int64_t end = range.start + (range.count - 1) * range.step + 1;
        return m.slice(x, axis, range.start, end, range.step);
    }
    const int64_t last = range.start + (range.count - 1) * range.step;
    x = m.b.add(op::Reverse, {m.slice(x, axis, last, range.start + 1)}, {{"axes", Ints{axis}}});
    return range.step == -1 ? x : m.slice(x, axis, 0, m.shape(x)[static_cast<size_t>(axis)], -range.step);
}

}  // namespace

std::vector<Operand> strided_slice(NodeReader& r) {
    Compose m{r.b};
    const Masks masks{r.integer("begin_mask", 0), r.integer("end_mask", 0), r.integer("ellipsis_mask", 0),
                      r.integer("new_axis_mask", 0), r.integer("shrink_axis_mask", 0)};
    const Shape in = r.shape(0);
    const bool late = !r.is_constant(1);  // a position that the graph computes: one element along one axis
    const Ints steps = r.ints(3);
    const size_t n = steps.size();
    const Ints begin = late ? Ints(n) : r.ints(1), end = late ? Ints(n) : r.ints(2);
    check(begin.size() == n && end.size() == n, "{} starts, {} ends and {} steps", begin.size(), end.size(), n);
    size_t named = 0;
    for (size_t i = 0; i < n; ++i) named += !bit(masks.ellipsis, i) && !bit(masks.new_axis, i);
    const auto ellipses = std::popcount(static_cast<uint64_t>(masks.ellipsis) & ((uint64_t{1} << std::min<size_t>(n, 32)) - 1));
    check(ellipses <= 1, "an index with {} ellipses", ellipses);
    check(named <= in.size(), "{} indices for {} dimensions", named, in.size());
    ValueId x = r.operand(0);
    Shape out;
    size_t d = 0;
    auto keep = [&] { out.push_back(in[d++]); };
    for (size_t i = 0; i < n; ++i) {
        if (bit(masks.ellipsis, i)) {
            for (size_t left = in.size() - named; left > 0; --left) keep();
        } else if (bit(masks.new_axis, i)) {
            out.push_back(1);
        } else if (bit(masks.shrink, i)) {
            const auto axis = static_cast<int64_t>(d);
            if (late) {
                const ValueId at = m.slice(r.operand(1), 0, static_cast<int64_t>(i), static_cast<int64_t>(i) + 1);
                x = r.b.add(op::Gather, {x, at}, {{"axis", axis}});
            } else {
                const int64_t at = normalized_axis(begin[i], in[d]);
                x = m.slice(x, axis, at, at + 1);
            }
            ++d;
        } else {
            supported(!late || (bit(masks.begin, i) && bit(masks.end, i)),
                      "where the slice begins is computed at run time; TFLite's shapes are static");
            const Range range = range_of(in[d], begin[i], end[i], steps[i], bit(masks.begin, i), bit(masks.end, i));
            x = take(m, x, static_cast<int64_t>(d++), range);
            out.push_back(range.count);
        }
    }
    while (d < in.size()) keep();
    return {m.reshape(x, out)};
}

}  // namespace tinsmith::tensorflow::from_tensorflow

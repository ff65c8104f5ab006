// Trained quantisation: x through the steps of a range. Of activations the range stays as a pair of Quantize and Dequantize, which int8
// takes over; constants are put on their grid at once.
#include "frontend/compose/formula.hpp"
#include "frontend/tensorflow/ops.hpp"

#include <algorithm>
#include <cmath>

namespace tinsmith::tensorflow::from_tensorflow {

namespace {

// Steps from `low` to `high` of which `zero` stands for 0.
struct Grid {
    float scale = 1;
    int64_t low = 0, high = 255, zero = 0;
    bool halves_to_even = false;
};

// FakeQuantWithMinMaxVars: the range moves so that 0 lies on a step. Such halves go up.
Grid nudged(float low, float high, int64_t bits, bool narrow) {
    check(std::isfinite(low) && std::isfinite(high) && low < high, "a range from {} to {}", static_cast<double>(low),
          static_cast<double>(high));
    Grid g{1, narrow ? 1 : 0, (int64_t{1} << bits) - 1};
    g.scale = (high - low) / static_cast<float>(g.high - g.low);
    check(g.scale > 0, "a range from {} to {}", static_cast<double>(low), static_cast<double>(high));
    const float zero = static_cast<float>(g.low) - low / g.scale;
    g.zero = static_cast<int64_t>(std::round(std::clamp(zero, static_cast<float>(g.low), static_cast<float>(g.high))));
    return g;
}

// round((x clamped to the grid - lowest) / scale) * scale + lowest, with one grid or one for each index of the last axis.
ValueId through_arithmetic(Builder& b, ValueId x, const std::vector<Grid>& grids) {
    std::vector<float> scales, lowest, highest;
    for (const Grid& g : grids) {
        scales.push_back(g.scale);
        lowest.push_back(static_cast<float>(g.low - g.zero) * g.scale);
        highest.push_back(static_cast<float>(g.high - g.zero) * g.scale);
    }
    const Shape shape = grids.size() == 1 ? Shape{} : Shape{std::ssize(grids)};
    const Formula scale{b, b.floats(std::move(scales), shape)}, low{b, b.floats(std::move(lowest), shape)},
        high{b, b.floats(std::move(highest), shape)};
    const Formula inside = max(min(Formula(b, x), high), low);
    if (grids[0].halves_to_even) return round(inside / scale) * scale;
    return apply(op::Floor, (inside - low) / scale + 0.5) * scale + low;
}

// x through int8 where its 256 steps are the grid's.
ValueId through_int8(Builder& b, ValueId x, const Grid& g) {
    const Grid bytes{g.scale, g.high - 255, g.high, g.zero, g.halves_to_even};
    if (g.low != bytes.low)
        x = Compose(b).max(x, b.scalar(static_cast<double>(static_cast<float>(g.low - g.zero) * g.scale), DType::f32));
    const ValueId q = b.add(op::Quantize, {x},
                            {{"dtype", std::string("i8")},
                             {"scale", Floats{static_cast<double>(g.scale)}},
                             {"zero_point", Ints{g.zero - bytes.low - 128}},
                             {"axis", int64_t{-1}},
                             {"halves_to_even", g.halves_to_even}});
    return b.add(op::Dequantize, {q});
}

std::vector<Operand> through(NodeReader& r, const std::vector<Grid>& grids, int64_t bits) {
    const ValueId x = r.operand(0);
    check(r.type(0).dtype == DType::f32, "it works on {}", to_string(r.type(0)));
    const bool stored = grids.size() == 1 && bits == 8 && !r.is_constant(0);
    return {stored ? through_int8(r.b, x, grids[0]) : through_arithmetic(r.b, x, grids)};
}

int64_t bits_of(int64_t bits) {
    check(bits >= 2 && bits <= 16, "{} bits", bits);
    return bits;
}

}  // namespace

std::vector<Operand> fake_quant(NodeReader& r) {
    const int64_t bits = bits_of(r.integer("num_bits", 8));
    const std::vector<float> low = r.floats(1), high = r.floats(2);
    const bool per_channel = r.node.op.ends_with("PerChannel");
    const int64_t channels = !per_channel ? 1 : r.rank(0) > 0 ? r.shape(0).back() : 0;
    check(std::ssize(low) == channels && low.size() == high.size() && channels > 0, "ranges of {} and {} numbers for {}",
          low.size(), high.size(), to_string(r.type(0)));
    std::vector<Grid> grids;
    for (size_t i = 0; i < low.size(); ++i) grids.push_back(nudged(low[i], high[i], bits, r.flag("narrow_range")));
    return through(r, grids, bits);
}

std::vector<Operand> fake_quant_args(NodeReader& r) {
    const int64_t bits = bits_of(r.integer("num_bits", 8));
    const auto low = static_cast<float>(r.real("min", -6)), high = static_cast<float>(r.real("max", 6));
    return through(r, {nudged(low, high, bits, r.flag("narrow_range"))}, bits);
}

// The scale is that at which both ends of the range fit; 0 is step 0.
std::vector<Operand> quantize_and_dequantize(NodeReader& r) {
    supported(r.flag("range_given", true) && r.is_constant(1) && r.is_constant(2), "its range is measured at run time");
    supported(r.integer("axis", -1) == -1, "a range for each index of an axis");
    const int64_t bits = bits_of(r.has(3) ? r.integer(3) : r.integer("num_bits", 8));
    const bool has_sign = r.flag("signed_input", true);
    Grid g{1, has_sign ? -(int64_t{1} << (bits - 1)) : 0, (int64_t{1} << (bits - has_sign)) - 1};
    g.low += has_sign && r.flag("narrow_range");
    g.halves_to_even = r.text("round_mode", "HALF_TO_EVEN") == "HALF_TO_EVEN";
    const float low = r.floats(1).at(0), high = r.floats(2).at(0);
    const float of_low = low < 0 && g.low < 0 ? low / static_cast<float>(g.low) : 0;
    g.scale = std::max(of_low, high > 0 ? high / static_cast<float>(g.high) : 0);
    check(std::isfinite(g.scale) && g.scale > 0, "a range from {} to {}", static_cast<double>(low), static_cast<double>(high));
    return through(r, {g}, bits);
}

}  // namespace tinsmith::tensorflow::from_tensorflow

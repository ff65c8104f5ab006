#include "op/weighted_sum.hpp"

namespace tinsmith {

static std::vector<tin_multiplier> multipliers(const EvalContext& c, int64_t channels) {
    const Type &x = *c.in[0].type, &weights = *c.in[1].type, &y = *c.out[0].type;
    if (x.dtype != DType::u8) return channel_multipliers(x, weights, y, channels);
    return {static_cast<size_t>(channels), product_multiplier(x, weights, y)};
}

WeightedSum::WeightedSum(const EvalContext& c, int64_t channels) : WeightedSum(c, multipliers(c, channels)) {}

WeightedSum::WeightedSum(const EvalContext& c, std::vector<tin_multiplier> factors) : scale(std::move(factors)) {
    const Type& y = *c.out[0].type;
    const StoredRange range = stored_range(c.node, y);
    sum = {zero_point_of(*c.in[0].type), zero_point_of(*c.in[1].type), zero_point_of(y), range.low, range.high, scale.data()};
}

}  // namespace tinsmith

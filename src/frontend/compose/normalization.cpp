#include "frontend/compose/normalization.hpp"

namespace tinsmith {

Normalized normalize(Compose& m, ValueId x, const Ints& axes, double epsilon) {
    const ValueId mean = m.reduce(op::ReduceMean, x, axes, true);
    const ValueId centered = m.sub(x, mean);
    const ValueId variance = m.reduce(op::ReduceMean, m.unary(op::Square, centered), axes, true);
    const ValueId inverse = m.unary(op::Rsqrt, m.add_number(variance, epsilon));
    return {m.mul(centered, inverse), mean, inverse};
}

ValueId scale_and_shift(Compose& m, ValueId y, ValueId scale, ValueId shift) {
    if (scale != no_value) y = m.mul(y, scale);
    return shift == no_value ? y : m.add(y, shift);
}

}  // namespace tinsmith

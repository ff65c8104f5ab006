#include "frontend/compose/normalization.hpp"

namespace tinsmith {

Normalized normalize(Compose& m, ValueId x, const Ints& axes, double epsilon) {
    const ValueId mean = m.reduce(op::ReduceMean, x, axes, true);
    const ValueId centered = m.sub(x, mean);
    const ValueId variance = m.reduce(op::ReduceMean, m.unary(op::Square, centered), axes, true);
    const ValueId inverse = m.unary(op::Rsqrt, m.add_number(variance, epsilon));
    return {m.mul(centered, inverse), mean, inverse};
}

// One group, or one for each channel, needs no dimension of its own; channels stay where layouts look for them.
ValueId normalize_groups(Compose& m, ValueId x, int64_t groups, double epsilon) {
    const Shape s = m.shape(x);
    check(s.size() >= 2 && groups >= 1 && s[1] % groups == 0, "{} groups of an input of shape {}", groups, to_string(s));
    Shape apart(s);
    if (groups != 1 && (groups != s[1] || s.size() == 2)) {
        apart[1] = s[1] / groups;
        apart.insert(apart.begin() + 1, groups);
    }
    Ints axes;
    for (int64_t d = groups == 1 ? 1 : 2; d < std::ssize(apart); ++d) axes.push_back(d);
    return m.reshape(normalize(m, m.reshape(x, apart), axes, epsilon).y, s);
}

ValueId scale_and_shift(Compose& m, ValueId y, ValueId scale, ValueId shift) {
    if (scale != no_value) y = m.mul(y, scale);
    return shift == no_value ? y : m.add(y, shift);
}

}  // namespace tinsmith

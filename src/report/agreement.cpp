#include "report/agreement.hpp"

#include "data/convert.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace tinsmith {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

size_t largest(std::span<const double> values) {
    size_t best = 0;
    for (size_t i = 1; i < values.size(); ++i)
        if (values[i] > values[best]) best = i;
    return best;
}

}  // namespace

double OutputAgreement::relative() const {
    if (unlike > 0) return infinity;
    if (max_abs == 0) return 0;
    return max_value == 0 ? infinity : max_abs / max_value;
}

double OutputAgreement::sqnr() const {
    if (unlike > 0) return -infinity;
    if (noise == 0) return infinity;
    return 10 * std::log10(signal / noise);
}

double Agreement::relative() const {
    double worst = 0;
    for (const OutputAgreement& o : outputs) worst = std::max(worst, o.relative());
    return worst;
}

double Agreement::sqnr() const {
    double worst = infinity;
    for (const OutputAgreement& o : outputs) worst = std::min(worst, o.sqnr());
    return worst;
}

bool Agreement::ranked() const {
    return std::any_of(outputs.begin(), outputs.end(), [](const OutputAgreement& o) { return o.ranked; });
}

double Agreement::top1() const {
    for (const OutputAgreement& o : outputs)
        if (o.ranked) return samples == 0 ? 1 : static_cast<double>(o.same_top1) / static_cast<double>(samples);
    return 1;
}

void add_sample(OutputAgreement& output, const Type& type, const Buffer& expected, const Type& actual_type,
                const Buffer& actual) {
    const std::vector<double> want = real_values(type, expected), have = real_values(actual_type, actual);
    assert(want.size() == have.size());
    for (size_t i = 0; i < want.size(); ++i) {
        if (!std::isfinite(want[i]) || !std::isfinite(have[i])) {
            bool same = want[i] == have[i] || (std::isnan(want[i]) && std::isnan(have[i]));
            output.unlike += same ? 0 : 1;
            continue;
        }
        double value = want[i], difference = std::abs(have[i] - value);
        output.max_abs = std::max(output.max_abs, difference);
        output.max_value = std::max(output.max_value, std::abs(value));
        output.signal += value * value;
        output.noise += difference * difference;
    }
    output.elements += static_cast<int64_t>(want.size());
    output.ranked = type.rank() > 0 && type.shape.back() > 1;
    if (largest(want) == largest(have)) ++output.same_top1;
}

}  // namespace tinsmith

// recommend: which method for which target.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tinsmith {

struct Advice {
    std::string_view target, priority;  // "any": every one
    double least = 0;                   // per cent of the source's accuracy that must remain for this row to apply
    std::string_view method;            // as --method spells it; "int8_qat", "int4": see how()
    std::string_view reason, then;
};

// The rows of recommendations.inc, in order.
std::span<const Advice> all_advice();
// Names that --target takes.
std::vector<std::string> advice_targets();
std::vector<std::string> advice_priorities();

// The first row that fits. Requires a known target and priority; `accuracy` in per cent, 0 when it was not said.
const Advice& recommend(std::string_view target, std::string_view priority, double accuracy);

// The command line that follows the advice for `model`, or what stands in its place while tinsmith cannot write the method.
std::string how(const Advice& advice, const std::string& model);

}  // namespace tinsmith

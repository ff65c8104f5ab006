#include "api/recommend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace tinsmith {

// A name of the table is a C++ word; people write "raspberry-pi".
static constexpr std::string_view spelled(std::string_view word) { return word == "raspberry_pi" ? "raspberry-pi" : word; }

std::span<const Advice> all_advice() {
    static constexpr Advice rows[] = {
#define ADVICE(target, priority, least, method, reason, then) {spelled(#target), #priority, least, #method, reason, then},
#include "api/recommendations.inc"
#undef ADVICE
    };
    return rows;
}

static std::vector<std::string> distinct(std::string_view Advice::*field) {
    std::vector<std::string> out;
    for (const Advice& advice : all_advice())
        if (std::find(out.begin(), out.end(), advice.*field) == out.end()) out.emplace_back(advice.*field);
    return out;
}

std::vector<std::string> advice_targets() { return distinct(&Advice::target); }
std::vector<std::string> advice_priorities() { return distinct(&Advice::priority); }

const Advice& recommend(std::string_view target, std::string_view priority, double accuracy) {
    const auto fits = [](std::string_view row, std::string_view wanted) { return row == "any" || row == wanted; };
    const auto rows = all_advice();
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const Advice& row) {
        return fits(row.target, target) && fits(row.priority, priority) && accuracy >= row.least;
    });
    assert(at != rows.end());
    return *at;
}

std::string how(const Advice& advice, const std::string& model) {
    if (advice.method == "int8_qat")
        return fmt::format("train with simulated 8 bits in your framework, then: tinsmith convert {} --method int8", model);
    if (advice.method == "int4")
        return fmt::format(
            "tinsmith does not write 4-bit weights yet; the smallest it writes: tinsmith convert {} --method int8 --data "
            "SAMPLES",
            model);
    return fmt::format("tinsmith convert {} --method {}{}", model, advice.method,
                       advice.method == "int8" ? " --data SAMPLES" : "");
}

}  // namespace tinsmith

#include "agreement_report.hpp"

#include "terminal.hpp"

#include <fmt/format.h>

#include <cmath>

namespace tinsmith::cli {

std::string relative_text(double relative) {
    if (std::isinf(relative)) return "not finite";
    return relative == 0 ? "0" : fmt::format("{:.1e}", relative);
}

std::string decibels(double sqnr) {
    if (std::isinf(sqnr)) return sqnr > 0 ? "exact" : "-";
    return fmt::format("{:.1f} dB", sqnr);
}

std::string agreement_table(const Agreement& agreement) {
    std::vector<std::vector<std::string>> rows{{"output", "max error", "relative", "SQNR"}};
    for (const OutputAgreement& o : agreement.outputs)
        rows.push_back({o.name, fmt::format("{:.2e}", o.max_abs), relative_text(o.relative()), decibels(o.sqnr())});
    return table(rows);
}

}  // namespace tinsmith::cli

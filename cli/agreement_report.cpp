#include "agreement_report.hpp"

#include "terminal.hpp"

#include <fmt/format.h>

#include <cmath>

namespace tinsmith::cli {

using nlohmann::ordered_json;

static ordered_json finite(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

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

ordered_json agreement_json(const Agreement& agreement) {
    ordered_json outputs = ordered_json::array();
    for (const OutputAgreement& o : agreement.outputs)
        outputs.push_back({{"name", o.name},
                           {"max_abs_error", o.max_abs},
                           {"max_relative_error", finite(o.relative())},
                           {"sqnr_db", finite(o.sqnr())}});
    ordered_json out{{"samples", agreement.samples}, {"outputs", outputs}};
    if (agreement.ranked()) out["top1_agreement"] = agreement.top1();
    return out;
}

}  // namespace tinsmith::cli

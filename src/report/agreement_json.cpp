#include "report/agreement_json.hpp"

#include <cmath>

namespace tinsmith {

using nlohmann::ordered_json;

static ordered_json finite(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }

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

}  // namespace tinsmith

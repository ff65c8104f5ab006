// Agreement of two models as JSON.
#pragma once

#include "report/agreement.hpp"

#include <nlohmann/json.hpp>

namespace tinsmith {

// Keys: samples, outputs (name, max_abs_error, max_relative_error, sqnr_db; null where infinite), top1_agreement where ranked.
nlohmann::ordered_json agreement_json(const Agreement& agreement);

}  // namespace tinsmith

// Agreement of two models, as a table and as JSON.
#pragma once

#include "report/agreement.hpp"

#include <nlohmann/json.hpp>

namespace tinsmith::cli {

std::string agreement_table(const Agreement& agreement);
// Keys: samples, outputs (name, max_abs_error, max_relative_error, sqnr_db; null where infinite), top1_agreement where ranked.
nlohmann::ordered_json agreement_json(const Agreement& agreement);

std::string relative_text(double relative);  // "3.2e-07"
std::string decibels(double sqnr);           // "98.1 dB", "exact"

}  // namespace tinsmith::cli

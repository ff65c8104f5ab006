// Agreement of two models as a table.
#pragma once

#include "report/agreement_json.hpp"

namespace tinsmith::cli {

std::string agreement_table(const Agreement& agreement);

std::string relative_text(double relative);  // "3.2e-07"
std::string decibels(double sqnr);           // "98.1 dB", "exact"

}  // namespace tinsmith::cli

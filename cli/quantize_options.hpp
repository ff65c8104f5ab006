// The options by which models become integers, for the verbs that make them.
#pragma once

#include "api/quantize.hpp"
#include "options.hpp"

namespace tinsmith::cli {

struct QuantizeTexts {
    std::string calibration = "auto", io, ranges, save_ranges, recipe;
    double percentile = 99.99;
    bool print_plan = false, strict = false;
};
// --calibration, --percentile, --ranges, --save-ranges, --recipe, --print-plan, --io, --strict.
void add_quantize_options(CLI::App& group, QuantizeTexts& texts);
// Throws Fault::input for a recipe that cannot be read.
QuantizeOptions quantize_options(const QuantizeTexts& texts, const OutputOptions& shown);

}  // namespace tinsmith::cli

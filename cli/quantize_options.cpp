#include "quantize_options.hpp"

#include <fmt/format.h>

namespace tinsmith::cli {

void add_quantize_options(CLI::App& group, QuantizeTexts& texts) {
    group.add_option("--calibration", texts.calibration, "How ranges are chosen from --data; random: from noise, without data")
        ->check(CLI::IsMember({"auto", "minmax", "moving_average", "percentile", "mse", "entropy", "random"}))
        ->capture_default_str();
    group.add_option("--percentile", texts.percentile, "Share of the numbers that --calibration percentile keeps")
        ->check(CLI::Range(50.0, 100.0))
        ->capture_default_str();
    group.add_option("--ranges", texts.ranges, "Ranges of an earlier run, instead of data")->type_name("FILE");
    group.add_option("--save-ranges", texts.save_ranges, "Write the ranges that were seen")->type_name("FILE");
    group.add_option("--recipe", texts.recipe, "Schemes by operator, layer and target (JSON)")->type_name("FILE");
    group.add_flag("--print-plan", texts.print_plan, "Print how each operator will compute");
    group.add_option("--io", texts.io, "Elements of the model's inputs and outputs; default: int8")
        ->check(CLI::IsMember({"int8", "uint8", "float32"}));
    group.add_flag("--strict", texts.strict, "An operator that would stay float is an error");
}

QuantizeOptions quantize_options(const QuantizeTexts& texts, const OutputOptions& shown) {
    QuantizeOptions out;
    out.calibration.random = texts.calibration == "random";
    if (!out.calibration.random) out.calibration.observer = observer_from_name(texts.calibration).value_or(Observer::automatic);
    out.calibration.percentile = texts.percentile;
    out.ranges = texts.ranges;
    out.save_ranges = texts.save_ranges;
    if (!texts.recipe.empty()) load_recipe(texts.recipe, out.recipe);
    if (!texts.io.empty()) out.recipe.io = *io_from_name(texts.io);
    out.recipe.strict = out.recipe.strict || texts.strict;
    if (texts.print_plan)
        out.show_plan = [json = shown.json](const std::string& plan) { fmt::print(json ? stderr : stdout, "{}", plan); };
    return out;
}

}  // namespace tinsmith::cli

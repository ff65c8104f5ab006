// tinsmith fit: does a model fit a device and a budget.
#include "api/fit.hpp"
#include "base/sizes.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace tinsmith::cli {

namespace {

struct FitLineOptions {
    std::string model, target = "generic-cortex-m4", budget, method, kernels = "portable", max_size, max_ram, max_latency;
    FitPipeline pipeline;  // without a file: none
    std::string min_ratio, min_accuracy;
    int64_t max_parameters = -1, max_operations = -1;
    bool list = false;
    ReadTexts read;
    OutputOptions shown;
};

// "10", "10ms", "0.5s": milliseconds.
double parse_milliseconds(const std::string& text) {
    size_t used = 0;
    double number = -1;
    try {
        number = std::stod(text, &used);
    } catch (const std::exception&) {
        used = 0;
    }
    const std::string unit = text.substr(used);
    check(used > 0 && number > 0 && (unit.empty() || unit == "ms" || unit == "s"), "--max-latency: '{}' is no time; write 10ms",
          text);
    return unit == "s" ? number * 1e3 : number;
}

// "12ms", or by stage: "features=8ms,hdc=3ms,total=12ms".
void read_latencies(const std::string& text, Budget& budget, FitPipeline& pipeline) {
    for (size_t at = 0; at <= text.size();) {
        const size_t end = std::min(text.find(',', at), text.size());
        const std::string part = text.substr(at, end - at);
        const size_t equals = part.find('=');
        const std::string stage = equals == std::string::npos ? "total" : part.substr(0, equals);
        const double time = parse_milliseconds(equals == std::string::npos ? part : part.substr(equals + 1));
        check(stage == "total" || stage == "features" || stage == "hdc",
              "--max-latency: there is no stage '{}'; they are features, hdc and total", stage);
        check(stage == "total" || !pipeline.hdc.file.empty(), "--max-latency {}=: stages are those of a model with its --hdc",
              stage);
        (stage == "total" ? budget.latency_ms : stage == "hdc" ? pipeline.classifier_ms : pipeline.features_ms) = time;
        at = end + 1;
    }
}

// "3", "3x" and "95%": at least.
double parse_least(std::string_view option, const std::string& text, char unit) {
    size_t used = 0;
    double number = -1;
    try {
        number = std::stod(text, &used);
    } catch (const std::exception&) {
        used = 0;
    }
    check(used > 0 && number > 0 && (used == text.size() || text.substr(used) == std::string(1, unit)),
          "{}: '{}' is no number of {}", option, text, unit);
    return number;
}

Budget limits(FitLineOptions& line) {
    Budget out;
    if (!line.budget.empty()) out = find_budget(line.budget);
    if (!line.max_size.empty()) out.size_bytes = parse_size("--max-size", line.max_size);
    if (!line.max_ram.empty()) out.ram_bytes = parse_size("--max-ram", line.max_ram);
    if (!line.max_latency.empty()) read_latencies(line.max_latency, out, line.pipeline);
    if (!line.min_ratio.empty()) line.pipeline.ratio = parse_least("--min-ratio", line.min_ratio, 'x');
    if (!line.min_accuracy.empty())
        line.pipeline.accuracy_kept_percent = parse_least("--min-accuracy-kept", line.min_accuracy, '%');
    if (line.max_parameters >= 0) out.parameters = static_cast<uint64_t>(line.max_parameters);
    if (line.max_operations >= 0) out.operations = static_cast<uint64_t>(line.max_operations);
    return out;
}

std::optional<Method> wanted_method(const std::string& name) {
    for (Method method : {Method::float32, Method::int8, Method::int16x8})
        if (name == method_name(method)) return method;
    check(name.empty(), "--method '{}': float32, int8 or int16x8 are what microcontrollers compute", name);
    return std::nullopt;
}

std::string figure(const FitLine& line, double value) {
    if (line.unit == "bytes")
        return fmt::format("{} ({})", static_cast<int64_t>(value), human_bytes(static_cast<uint64_t>(value)));
    if (line.unit == "x" || line.unit == "%") return fmt::format("{:.2f}{}", value, line.unit);
    if (line.unit.empty()) return human_count(static_cast<int64_t>(value));
    return value < 1000 ? fmt::format("{:.3g} {}", value, line.unit) : fmt::format("{:.0f} {}", value, line.unit);
}

std::string status_of(const FitLine& line) {
    if (!line.limit) return "";
    if (line.passes()) return styled(Style::good, "PASS");
    return styled(Style::bad, fmt::format("{} by {}", line.at_least ? "short" : "over", figure(line, line.over())));
}

void print_text(const FitLineOptions& line, const Target& target, const FitResult& result) {
    fmt::print("{} ({}, {}) on {}\n", styled(Style::bold, line.model), result.format, result.method, target.title);
    for (const std::string& note : result.notes) fmt::print("  {}\n", note);
    std::vector<std::vector<std::string>> rows{{"", "takes", "may take", "", ""}};
    for (const FitLine& fit : result.lines)
        rows.push_back({fit.what, (fit.estimated ? "about " : "") + figure(fit, fit.value),
                        fit.limit ? (fit.at_least ? "at least " : "") + figure(fit, *fit.limit) : "", fit.limit_of,
                        status_of(fit)});
    fmt::print("\n{}\n", table(rows));
    fmt::print("latency and energy are estimates, good to {:.0f} % (instructions to {:.0f} %): {}\n", 100 * target.core.error,
               100 * target.core.instructions_error, target.core.source);
    for (const std::string& advice : result.advice) fmt::print("- {}\n", advice);
    fmt::print("{}\n", result.fits() ? styled(Style::good, "it fits") : styled(Style::bad, "it does not fit"));
}

void print_json(const FitLineOptions& line, const Target& target, const FitResult& result) {
    nlohmann::ordered_json json{{"model", line.model},   {"target", target.name},      {"method", result.method},
                                {"fits", result.fits()}, {"error", target.core.error}, {"source", target.core.source}};
    for (const FitLine& fit : result.lines) {
        nlohmann::ordered_json entry{{"value", fit.value}, {"unit", fit.unit}, {"estimated", fit.estimated}};
        if (fit.limit) {
            entry["limit"] = *fit.limit;
            entry["limit_of"] = fit.limit_of;
            entry["status"] = fit.passes() ? "PASS" : "FAIL";
            entry["over"] = fit.over();
        }
        json["figures"][fit.what] = entry;
    }
    json["instructions_error"] = target.core.instructions_error;
    json["instructions"] = result.estimate.instructions;
    for (const auto& [name, share] : result.estimate.by_operator) json["by_operator"][name] = share;
    json["advice"] = result.advice;
    json["notes"] = result.notes;
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

void list_targets(bool as_json) {
    std::vector<std::vector<std::string>> rows{{"target", "", "core", "MHz", "RAM", "flash", "mW"}};
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const std::string& name : target_names()) {
        const Target t = find_target(name);
        const auto mhz = static_cast<int>(t.clock_hz / 1e6), mw = static_cast<int>(std::lround(t.power_watts * 1e3));
        rows.push_back({name, t.title, t.core.name, std::to_string(mhz), human_bytes(t.ram_bytes()), human_bytes(t.flash_bytes),
                        std::to_string(mw)});
        json.push_back({{"name", name},
                        {"title", t.title},
                        {"core", t.core.name},
                        {"clock_mhz", mhz},
                        {"ram_bytes", t.ram_bytes()},
                        {"flash_bytes", t.flash_bytes},
                        {"power_mw", mw},
                        {"kernels", t.core.kernels},
                        {"sources", t.sources}});
    }
    fmt::print("{}\n", as_json ? json.dump(2) : table(rows));
}

int fit_verb(FitLineOptions& line) {
    if (line.list) {
        list_targets(line.shown.json);
        return exit_ok;
    }
    check(!line.model.empty(), "fit needs a model: tinsmith fit model.tflite --target esp32 (or --list)");
    const bool behind = !line.pipeline.hdc.file.empty();
    check(behind || (line.min_ratio.empty() && line.min_accuracy.empty() && line.pipeline.hdc.data.path.empty()),
          "--min-ratio, --min-accuracy-kept and --data are for a model with its classifier: --hdc");
    const Budget budget = limits(line);
    line.pipeline.hdc.model = line.model;
    line.pipeline.hdc.read = read_options(line.read);
    line.pipeline.hdc.progress = progress_line(line.shown.quiet || line.shown.json);
    const FitOptions options{line.model, read_options(line.read),    with_library(find_target(line.target), line.kernels),
                             budget,     wanted_method(line.method), behind ? std::optional(line.pipeline) : std::nullopt};
    const FitResult result = fit(options);
    if (line.shown.json)
        print_json(line, options.target, result);
    else if (!line.shown.quiet)
        print_text(line, options.target, result);
    return result.fits() ? exit_ok : exit_code(Fault::target);
}

}  // namespace

void add_fit(CLI::App& app, int& status) {
    auto* verb =
        app.add_subcommand("fit", "Say whether a model fits a device and a budget, by how much not, and what would help");
    auto line = std::make_shared<FitLineOptions>();
    verb->add_option("MODEL,--model", line->model, "The model: any format that convert reads");
    verb->add_option("--target", line->target, "A board, or a .json file that describes one; --list shows them")
        ->capture_default_str();
    verb->add_option("--method", line->method,
                     "Measure it as float32, int8 or int16x8 instead of as it is (no samples needed)");
    verb->add_option("--kernels", line->kernels,
                     "What computes: portable, the generated C; or a library that it can call and that figures are known of "
                     "(esp-nn on ESP32-S3)")
        ->capture_default_str();
    verb->add_option("--budget", line->budget, "Limits by name (tinyml), or a .json file of them");
    verb->add_option("--max-size", line->max_size, "Bytes of the model (100K)")->type_name("SIZE");
    verb->add_option("--max-ram", line->max_ram, "Bytes of RAM: arena and stack (50K)")->type_name("SIZE");
    verb->add_option("--max-latency", line->max_latency,
                     "Time of one inference (10ms); with --hdc also by stage: features=8ms,hdc=3ms,total=12ms")
        ->type_name("TIME");
    verb->add_option("--max-params", line->max_parameters, "Parameters")->check(CLI::NonNegativeNumber);
    verb->add_option("--max-ops", line->max_operations, "Operations: two for a multiply-accumulate")
        ->check(CLI::NonNegativeNumber);
    verb->add_flag("--list", line->list, "List the boards");
    HdcOptions& hdc = line->pipeline.hdc;
    auto* behind = verb->add_option_group("With a hyperdimensional classifier behind the model");
    behind->add_option("--hdc", hdc.file, "Its projection and prototypes, as `hdc` takes them")->type_name("FILE");
    behind->add_option("--bits", hdc.integer.bits, "Of its stored numbers, as `hdc` takes it")
        ->check(CLI::IsMember({1, 8}))
        ->capture_default_str();
    behind->add_flag("--binarize", hdc.integer.binarize, "With --bits 1: take the signs of what is not bipolar");
    behind
        ->add_option("--reference", hdc.reference,
                     "The float model that MODEL was converted from: accuracy and sizes against it")
        ->type_name("PATH");
    behind->add_option("--min-ratio", line->min_ratio, "Original size by size, at least (3x)")->type_name("RATIO");
    behind
        ->add_option("--min-accuracy-kept", line->min_accuracy,
                     "Right answers by those of the originals, at least (95%); needs --data and --labels-data")
        ->type_name("PERCENT");
    add_data_options(*behind, hdc.data);
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith fit model_int8.tflite --target arduino-nano-33-ble\n"
        "  tinsmith fit model.onnx --method int8 --target esp32-s3-eye --budget tinyml\n"
        "  tinsmith fit model_int8.tflite --target my-board.json --max-ram 64K --max-latency 20ms --json\n"
        "  tinsmith fit features_int8.tflite --hdc hdc.pth --target esp32-s3-eye --max-latency features=8ms,hdc=3ms,total=12ms "
        "--min-ratio 3x\n"
        "  tinsmith fit --list\n"
        "\nExit code 4: it does not fit.");
    verb->callback([line, &status] { status = fit_verb(*line); });
}

}  // namespace tinsmith::cli

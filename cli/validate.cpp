// tinsmith validate: may the converted model take its source's place?
#include "api/validate.hpp"
#include "base/json.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "validation_report.hpp"
#include "verbs.hpp"

#include <thread>

namespace tinsmith::cli {

namespace {

struct ValidateLine {
    ValidateOptions validate;
    ReadTexts read;
    bool list = false;
    OutputOptions shown;
};

int validate_verb(ValidateLine& line) {
    line.validate.read = read_options(line.read);
    line.validate.progress = progress_line(line.shown.quiet || line.shown.json);
    const ValidateResult result = validate_model(line.validate);
    if (line.shown.json)
        fmt::print("{}\n", json_text(validation_json(result, line.list), 2));
    else if (!line.shown.quiet)
        fmt::print("{}", validation_text(result, line.list));
    return result.passed ? exit_ok : exit_disagree;
}

}  // namespace

void add_validate(CLI::App& app, int& status) {
    auto* verb =
        app.add_subcommand("validate", "Judge a converted model on real samples: against labels, and against its source");
    auto line = std::make_shared<ValidateLine>();
    ValidateOptions& options = line->validate;
    options.threads = static_cast<int>(std::max(1U, std::min(256U, std::thread::hardware_concurrency())));
    add_model_option(*verb, options.model);
    verb->add_option("--reference", options.reference, "The source that it was converted from")->type_name("SOURCE");
    add_data_options(*verb, options.data);
    verb->add_option("--threshold", options.threshold, "Agreement that passes; without --reference: accuracy")
        ->check(share())
        ->capture_default_str();
    verb->add_option("--max-drop", options.max_drop, "Instead: how much accuracy (AUC) may drop, e.g. 0.02")
        ->check(share())
        ->type_name("SHARE");
    verb->add_option("--top", options.k, "The k of top-k accuracy")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str()
        ->type_name("K");
    verb->add_flag("--list", line->list, "List the samples that disagree");
    add_threads_option(*verb, options.threads);
    add_runtime_options(*verb, options.runtime);
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExit code 0: passed, 1: not.\n"
        "\nExamples:\n"
        "  tinsmith validate model_int8.tflite --reference model.onnx --data test_x.npy\n"
        "  tinsmith validate model_int8.tflite --reference model.onnx --data photos/ --list\n"
        "  tinsmith validate model_int8.tflite --reference model.onnx --data x.npy --labels-data y.npy --max-drop 0.02\n"
        "  tinsmith validate model_int8.tflite --data x.npy --labels-data y.npy --runtime litert --json");
    verb->callback([line, &status] { status = validate_verb(*line); });
}

}  // namespace tinsmith::cli

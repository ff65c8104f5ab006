// tinsmith compare: do two models compute the same?
#include "api/compare.hpp"
#include "agreement_report.hpp"
#include "base/json.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace tinsmith::cli {

namespace {

struct CompareLine {
    CompareOptions compare;
    ReadTexts read;
    double threshold = 0.95, tolerance = 0;
    OutputOptions shown;
};

// With a ranking output the question is whether both name the same class; otherwise how far they are apart.
bool passes(const Agreement& agreement, const CompareLine& line) {
    if (line.tolerance > 0) return agreement.relative() <= line.tolerance;
    return agreement.ranked() ? agreement.top1() >= line.threshold : agreement.relative() <= float32_tolerance.relative;
}

int compare_verb(CompareLine& line) {
    line.compare.read = read_options(line.read);
    line.compare.progress = progress_line(line.shown.quiet || line.shown.json);
    Comparison result = compare_models(line.compare);
    bool pass = passes(result.agreement, line);
    if (line.shown.json) {
        auto all = agreement_json(result.agreement);
        all["notes"] = result.notes;
        all["result"] = pass ? "PASS" : "FAIL";
        fmt::print("{}\n", json_text(all, 2));
    } else if (!line.shown.quiet) {
        for (const std::string& note : result.notes) fmt::print("{}\n", note);
        fmt::print("{}", agreement_table(result.agreement));
        if (result.agreement.ranked())
            fmt::print("top-1 agreement {:.2f} % on {} samples\n", 100 * result.agreement.top1(), result.agreement.samples);
        fmt::print("{}\n", pass ? styled(Style::good, "PASS") : styled(Style::bad, "FAIL"));
    }
    return pass ? exit_ok : exit_disagree;
}

}  // namespace

void add_compare(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("compare", "Compare two models, or a model with stored outputs, on the same samples");
    auto line = std::make_shared<CompareLine>();
    verb->add_option("A", line->compare.source, "The source model")->required()->type_name("");
    verb->add_option("B", line->compare.result, "The model compared with it")->type_name("");
    verb->add_option("--expected", line->compare.expected,
                     "Instead of B: outputs of the original framework, .npz by output name")
        ->type_name("PATH");
    add_data_options(*verb, line->compare.data);
    verb->add_option("--threshold", line->threshold, "Top-1 agreement to pass")->check(share())->capture_default_str();
    verb->add_option("--tolerance", line->tolerance,
                     "Largest difference over largest value to pass, instead of top-1 agreement")
        ->type_name("R");
    add_threads_option(*verb, line->compare.threads);
    add_runtime_options(*verb, line->compare.runtime);
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith compare model.onnx model.tflite --data test_x.npy\n"
        "  tinsmith compare a.tflite b.tflite --samples 20             on seeded random samples\n"
        "  tinsmith compare model.onnx model.tflite --runtime litert   with what LiteRT computes\n"
        "  tinsmith compare model.onnx --data x.npz --expected y.npz   with what the framework computed");
    verb->callback([line, &status] { status = compare_verb(*line); });
}

}  // namespace tinsmith::cli

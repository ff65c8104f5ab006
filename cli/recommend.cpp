// tinsmith recommend: which method for which target, and why.
#include "api/recommend.hpp"
#include "base/json.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace tinsmith::cli {

namespace {

struct RecommendLine {
    std::string model = "MODEL", target = "any", priority = "any";
    double accuracy = 0;
    OutputOptions shown;
};

int recommend_verb(const RecommendLine& line) {
    const Advice& advice = recommend(line.target, line.priority, line.accuracy);
    const nlohmann::ordered_json all{
        {"target", line.target},   {"priority", line.priority},          {"accuracy", line.accuracy}, {"method", advice.method},
        {"reason", advice.reason}, {"command", how(advice, line.model)}, {"then", advice.then}};
    if (line.shown.json)
        fmt::print("{}\n", json_text(all, 2));
    else if (!line.shown.quiet)
        fmt::print("{}: {}\n  {}\n  then: {}\n", styled(Style::bold, std::string(advice.method)), advice.reason,
                   how(advice, line.model), advice.then);
    return exit_ok;
}

}  // namespace

void add_recommend(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("recommend", "Say which method suits a target, and why");
    auto line = std::make_shared<RecommendLine>();
    verb->add_option("MODEL", line->model, "Named in the command that is shown")->type_name("");
    verb->add_option("--target", line->target, "Where the model will run")
        ->check(CLI::IsMember(advice_targets()))
        ->capture_default_str();
    verb->add_option("--accuracy", line->accuracy, "Per cent of the source's accuracy that must remain, e.g. 99.5")
        ->check(CLI::Range(0.0, 100.0))
        ->type_name("PERCENT");
    verb->add_option("--priority", line->priority, "What matters most: speed, size, or little effort")
        ->check(CLI::IsMember(advice_priorities()))
        ->capture_default_str();
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith recommend --target mobile --accuracy 99.5\n"
        "  tinsmith recommend model.onnx --target microcontroller\n"
        "  tinsmith recommend --target jetson --priority speed --json");
    verb->callback([line, &status] { status = recommend_verb(*line); });
}

}  // namespace tinsmith::cli

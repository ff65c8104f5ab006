// tinsmith run: tensors in, tensors out.
#include "api/run.hpp"
#include "base/json.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace tinsmith::cli {

namespace {

struct RunLine {
    std::string output;
    ReadTexts read;
    RunOptions run;
    OutputOptions shown;
};

// The first elements of an array, for a look.
std::string preview(const Array& array) {
    constexpr size_t most = 8;
    Graph one;
    auto values = one.constant_floats(one.add_constant("", array.type(), array.data));
    std::string out;
    for (size_t i = 0; i < std::min(most, values.size()); ++i) out += fmt::format("{}{:.6g}", i ? " " : "", values[i]);
    return out + (values.size() > most ? " …" : "");
}

void write_outputs(const std::string& path, const RunResult& result) {
    if (path.ends_with(".npy")) {
        check(result.outputs.size() == 1, "-o '{}': the model has {} outputs; a .npz holds them all", path,
              result.outputs.size());
        return write_npy(path, result.outputs[0].second);
    }
    check(path.ends_with(".npz"), "-o '{}': expected a .npz, or a .npy when there is one output", path);
    write_npz(path, result.outputs);
}

int run_verb(RunLine& line) {
    line.run.read = read_options(line.read);
    line.run.progress = progress_line(line.shown.quiet || line.shown.json);
    RunResult result = run_model(line.run);
    if (!line.output.empty()) write_outputs(line.output, result);
    if (line.shown.json) {
        auto outputs = nlohmann::ordered_json::array();
        for (const auto& [name, array] : result.outputs)
            outputs.push_back({{"name", name}, {"dtype", dtype_name(array.dtype)}, {"shape", array.shape}});
        nlohmann::ordered_json all{
            {"model", line.run.model}, {"samples", result.samples}, {"outputs", outputs}, {"notes", result.notes}};
        if (!line.output.empty()) all["path"] = line.output;
        fmt::print("{}\n", json_text(all, 2));
    } else if (!line.shown.quiet) {
        for (const std::string& note : result.notes) fmt::print("{}\n", note);
        std::vector<std::vector<std::string>> rows{{"output", "type", "first elements"}};
        for (const auto& [name, array] : result.outputs) rows.push_back({name, to_string(array.type()), preview(array)});
        fmt::print("{}", table(rows));
        if (!line.output.empty()) fmt::print("written to {}\n", line.output);
    }
    return exit_ok;
}

}  // namespace

void add_run(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("run", "Run a model: tensors in, tensors out");
    auto line = std::make_shared<RunLine>();
    add_model_option(*verb, line->run.model);
    add_data_options(*verb, line->run.data);
    verb->add_option("-o,--output", line->output, "Where the outputs go: .npz, or .npy for one output")->type_name("PATH");
    add_threads_option(*verb, line->run.threads);
    add_runtime_options(*verb, line->run.runtime);
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith run model.tflite --data x.npy -o y.npz\n"
        "  tinsmith run model.onnx                            on one random sample\n"
        "  tinsmith run model.tflite --data x.npy --runtime litert --litert .venv\n"
        "  tinsmith run model.onnx --outputs backbone/* --data x.npy -o features.npy");
    verb->callback([line, &status] { status = run_verb(*line); });
}

}  // namespace tinsmith::cli

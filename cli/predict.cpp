// tinsmith predict: classes and confidences.
#include "api/predict.hpp"
#include "api/class_names.hpp"
#include "base/json.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace tinsmith::cli {

namespace {

using nlohmann::ordered_json;

struct PredictLine {
    PredictOptions predict;
    ReadTexts read;
    OutputOptions shown;
};

std::string text(const Predictions& found) {
    std::string out;
    for (const std::string& note : found.notes) out += note + "\n";
    if (found.task == Task::reconstruction) {
        std::vector<std::vector<std::string>> rows{{"input", "error"}};
        for (const Prediction& p : found.all) rows.push_back({p.input, fmt::format("{:.6g}", p.error)});
        return out + table(rows);
    }
    std::vector<std::vector<std::string>> rows{{"input", "class", "confidence"}};
    for (const Prediction& p : found.all)
        for (size_t i = 0; i < p.classes.size(); ++i)
            rows.push_back({i == 0 ? p.input : "", class_name(found.class_names, p.classes[i].first),
                            fmt::format("{:.2f} %", 100 * p.classes[i].second)});
    return out + table(rows);
}

ordered_json json(const Predictions& found, const std::string& model) {
    ordered_json all = ordered_json::array();
    for (const Prediction& p : found.all) {
        ordered_json item{{"input", p.input}};
        if (found.task == Task::reconstruction) item["error"] = p.error;
        if (!p.classes.empty()) {
            item["class"] = class_name(found.class_names, p.classes[0].first);
            item["index"] = p.classes[0].first;
            item["confidence"] = p.classes[0].second;
        }
        if (p.classes.size() > 1)
            for (const auto& [index, sure] : p.classes)
                item["top"].push_back(
                    {{"class", class_name(found.class_names, index)}, {"index", index}, {"confidence", sure}});
        all.push_back(item);
    }
    return {{"model", model}, {"predictions", all}, {"notes", found.notes}};
}

int predict_verb(PredictLine& line) {
    line.predict.read = read_options(line.read);
    line.predict.progress = progress_line(line.shown.quiet || line.shown.json);
    if (!line.predict.data.path.empty()) line.predict.inputs.push_back(line.predict.data.path);
    check(!line.predict.inputs.empty(), "predict needs an input: an image, a .wav, a .npy, .npz or .csv, or a folder of them");
    const Predictions found = predict(line.predict);
    if (line.shown.json)
        fmt::print("{}\n", json_text(json(found, line.predict.model), 2));
    else if (!line.shown.quiet)
        fmt::print("{}", text(found));
    return exit_ok;
}

}  // namespace

void add_predict(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("predict", "Name the class of inputs, with the confidence");
    auto line = std::make_shared<PredictLine>();
    add_model_option(*verb, line->predict.model);
    verb->add_option("INPUT", line->predict.inputs, "Images, sounds, arrays, tables or folders: one sample or many")
        ->type_name("");
    verb->add_option("--top", line->predict.top, "Name the N most likely classes")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str()
        ->type_name("N");
    add_data_options(*verb, line->predict.data);
    add_threads_option(*verb, line->predict.threads);
    add_runtime_options(*verb, line->predict.runtime);
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nNames of classes come from --labels, else the folders of the data, else the model's files (.json, NAME_labels.txt, "
        "packed\n"
        "labels), else the index. Preprocessing that is not stated is as the .json beside the model says.\n"
        "\nExamples:\n"
        "  tinsmith predict model_int8.tflite photo.jpg\n"
        "  tinsmith predict model_int8.tflite photos/*.jpg --labels labels.txt --top 3\n"
        "  tinsmith predict model_int8.tflite x.npy --json | jq '.predictions[].class'");
    verb->callback([line, &status] { status = predict_verb(*line); });
}

}  // namespace tinsmith::cli

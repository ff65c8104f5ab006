#include "validation_report.hpp"

#include "agreement_report.hpp"
#include "api/class_names.hpp"
#include "terminal.hpp"

#include <cmath>

namespace tinsmith::cli {

namespace {

using nlohmann::ordered_json;

// Larger tables and matrices are for --json.
constexpr size_t most_classes = 20;

ordered_json known(double value) { return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr); }
std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

const Classification& judged(const Validation& v) { return v.labelled ? v.result : v.against_source; }

std::string class_table(const ValidateResult& result) {
    const Classification& c = judged(result.figures);
    std::vector<std::vector<std::string>> rows{{"class", "samples", "precision", "recall", "F1"}};
    for (int32_t index : c.classes())
        rows.push_back({class_name(result.class_names, index), std::to_string(c.with_truth(index)),
                        fmt::format("{:.3f}", c.precision(index)), fmt::format("{:.3f}", c.recall(index)),
                        fmt::format("{:.3f}", c.f1(index))});
    rows.push_back({"macro", std::to_string(c.samples()), fmt::format("{:.3f}", c.precision_macro()),
                    fmt::format("{:.3f}", c.recall_macro()), fmt::format("{:.3f}", c.f1_macro())});
    return table(rows);
}

std::string confusion_table(const ValidateResult& result) {
    const Classification& c = judged(result.figures);
    std::vector<std::string> heading{result.figures.labelled ? "truth \\ model" : "source \\ model"};
    for (int32_t index : c.classes()) heading.push_back(class_name(result.class_names, index));
    std::vector<std::vector<std::string>> rows{heading};
    for (int32_t truth : c.classes()) {
        rows.push_back({class_name(result.class_names, truth)});
        for (int32_t predicted : c.classes()) rows.back().push_back(std::to_string(c.count(truth, predicted)));
    }
    return table(rows);
}

std::string accuracy_lines(const Validation& v) {
    std::string out;
    if (v.task == Task::reconstruction) {
        out += v.has_source
                   ? fmt::format("reconstruction error (MSE): source {:.4g}, model {:.4g}\n", v.source_mse, v.result_mse)
                   : fmt::format("reconstruction error (MSE): {:.4g}\n", v.result_mse);
        if (v.labelled)
            out += v.has_source ? fmt::format("AUC: source {:.4f}, model {:.4f}\n", v.source_auc, v.result_auc)
                                : fmt::format("AUC: {:.4f}\n", v.result_auc);
        return out;
    }
    if (!v.labelled) return out;
    const bool tells = v.k < v.scores;  // all classes are among the first k otherwise
    if (v.has_source) {
        out += fmt::format("accuracy: source {}, model {} ({:+.2f} points)\n", percent(v.source.accuracy()),
                           percent(v.result.accuracy()), 100 * (v.result.accuracy() - v.source.accuracy()));
        if (tells)
            out += fmt::format("top-{}: source {}, model {}\n", v.k, percent(v.source.top_k()), percent(v.result.top_k()));
    } else {
        out += fmt::format("accuracy: {}", percent(v.result.accuracy()));
        out += tells ? fmt::format(", top-{}: {}\n", v.k, percent(v.result.top_k())) : "\n";
    }
    return out;
}

std::string decision_text(const ValidateResult& result, size_t index) {
    const Validation& v = result.figures;
    const Decision& d = v.disagreements[index];
    const std::string& where = result.disagreeing[index];
    if (v.task == Task::values) return fmt::format("{}: off by {:.1f} % of the output's largest value", where, 100 * d.worst);
    if (v.task == Task::reconstruction)
        return fmt::format("{}: error {:.4g} and {:.4g}", where, d.source_score, d.result_score);
    std::string out = fmt::format("{}:", where);
    if (v.has_source) out += fmt::format(" source '{}' {:.3g},", class_name(result.class_names, d.source), d.source_score);
    out += fmt::format(" model '{}' {:.3g}", class_name(result.class_names, d.result), d.result_score);
    if (v.labelled) out += fmt::format(", label '{}'", class_name(result.class_names, d.truth));
    return out;
}

ordered_json classes_json(const ValidateResult& result) {
    const Classification& c = judged(result.figures);
    ordered_json out = ordered_json::array();
    for (int32_t index : c.classes())
        out.push_back({{"class", class_name(result.class_names, index)},
                       {"index", index},
                       {"samples", c.with_truth(index)},
                       {"precision", c.precision(index)},
                       {"recall", c.recall(index)},
                       {"f1", c.f1(index)}});
    return out;
}

ordered_json confusion_json(const Classification& c) {
    ordered_json out = ordered_json::array();
    for (int32_t truth : c.classes()) {
        ordered_json row = ordered_json::array();
        for (int32_t predicted : c.classes()) row.push_back(c.count(truth, predicted));
        out.push_back(row);
    }
    return out;
}

ordered_json decision_json(const ValidateResult& result, size_t index) {
    const Validation& v = result.figures;
    const Decision& d = v.disagreements[index];
    ordered_json out{{"sample", result.disagreeing[index]}};
    if (v.task == Task::values) {
        out["largest_difference"] = d.worst;
        return out;
    }
    if (v.task == Task::reconstruction) {
        out.update({{"source_error", d.source_score}, {"model_error", d.result_score}});
        if (v.labelled) out["label"] = d.truth;
        return out;
    }
    if (v.has_source) out.update({{"source", d.source}, {"source_score", known(d.source_score)}});
    out.update({{"model", d.result}, {"model_score", known(d.result_score)}});
    if (v.labelled) out["label"] = d.truth;
    return out;
}

std::string_view task_name(Task task) {
    switch (task) {
        case Task::classes: return "classes";
        case Task::reconstruction: return "reconstruction";
        case Task::values: return "values";
    }
    return "";
}

}  // namespace

std::string validation_text(const ValidateResult& result, bool list) {
    const Validation& v = result.figures;
    std::string out;
    for (const std::string& note : result.notes) out += note + "\n";
    if (v.has_source) out += agreement_table(v.agreement) + "\n";
    out += fmt::format("{} samples\n", v.agreement.samples) + accuracy_lines(v);
    if (v.task == Task::classes) {
        out += "\n";
        if (judged(v).classes().size() <= most_classes)
            out += class_table(result) + "\n" + confusion_table(result) + "\n";
        else
            out += fmt::format("macro over {} classes: precision {:.3f}, recall {:.3f}, F1 {:.3f} (--json has every class)\n\n",
                               judged(v).classes().size(), judged(v).precision_macro(), judged(v).recall_macro(),
                               judged(v).f1_macro());
    }
    if (list)
        for (size_t i = 0; i < v.disagreements.size(); ++i) out += decision_text(result, i) + "\n";
    out += fmt::format("{}: {}\n", result.passed ? styled(Style::good, "PASS") : styled(Style::bad, "FAIL"), result.rule);
    for (size_t i = 0; i < result.next_steps.size(); ++i)
        out += fmt::format("{}{}. {}\n", i ? "" : "What to do, the best supported first:\n", i + 1, result.next_steps[i].text);
    return out;
}

ordered_json validation_json(const ValidateResult& result, bool list) {
    const Validation& v = result.figures;
    const double source = v.source_accuracy(), model = v.result_accuracy();
    ordered_json out{{"task", task_name(v.task)},
                     {"samples", v.agreement.samples},
                     {"original_accuracy", known(source)},
                     {"tflite_accuracy", known(model)},
                     {"accuracy_degradation", known(source - model)},
                     {"accuracy_preserved", known(source > 0 ? model / source : std::nan(""))}};
    if (v.has_source) out["agreement"] = v.agreed;
    if (v.task == Task::classes) {
        const Classification& c = judged(v);
        out.update({{"f1_macro", c.f1_macro()}, {"precision_macro", c.precision_macro()}, {"recall_macro", c.recall_macro()}});
        if (v.labelled) out.update({{"k", v.k}, {"tflite_top_k", v.result.top_k()}});
        if (v.labelled && v.has_source) out["original_top_k"] = v.source.top_k();
        out["classes"] = classes_json(result);
        out["confusion"] = confusion_json(c);
    }
    if (v.task == Task::reconstruction) {
        out.update({{"tflite_mse", v.result_mse}});
        if (v.has_source) out["original_mse"] = v.source_mse;
        if (v.labelled) out["tflite_auc"] = known(v.result_auc);
        if (v.labelled && v.has_source) out["original_auc"] = known(v.source_auc);
    }
    if (v.has_source) out["outputs"] = agreement_json(v.agreement)["outputs"];
    out["disagreeing"] = v.disagreements.size();
    if (list) {
        out["list"] = ordered_json::array();
        for (size_t i = 0; i < v.disagreements.size(); ++i) out["list"].push_back(decision_json(result, i));
    }
    out["next_steps"] = ordered_json::array();
    for (const NextStep& step : result.next_steps)
        out["next_steps"].push_back({{"kind", step.kind}, {"text", step.text}, {"weight", step.weight}});
    out["notes"] = result.notes;
    out["rule"] = result.rule;
    out["result"] = result.passed ? "PASS" : "FAIL";
    return out;
}

}  // namespace tinsmith::cli

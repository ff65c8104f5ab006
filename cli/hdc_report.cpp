#include "hdc_report.hpp"

#include "base/sizes.hpp"
#include "terminal.hpp"

#include <nlohmann/json.hpp>

namespace tinsmith::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string share(size_t part, size_t of) {
    return fmt::format("{:.2f} %", 100 * static_cast<double>(part) / static_cast<double>(of));
}

std::string ratio(uint64_t original, uint64_t optimized) {
    return optimized ? fmt::format("{:.2f}x", static_cast<double>(original) / static_cast<double>(optimized)) : "-";
}

std::string sizes_table(const HdcResult& result) {
    std::vector<std::vector<std::string>> rows{{"component", "stored", "original", "optimized", "ratio"}};
    uint64_t original = 0, optimized = 0;
    for (const HdcComponent& c : result.components) {
        rows.push_back({c.name, c.stored, human_bytes(c.original), human_bytes(c.optimized), ratio(c.original, c.optimized)});
        original += c.original;
        optimized += c.optimized;
    }
    rows.push_back({"total", "", human_bytes(original), human_bytes(optimized), ratio(original, optimized)});
    return table(rows);
}

std::string stages_table(const HdcResult& result) {
    std::vector<std::vector<std::string>> rows{{"stage", "original", "on integers", "same class"}};
    for (const HdcStage& s : result.stages)
        rows.push_back({s.name, result.labelled ? share(s.original_right, s.samples) : "-",
                        result.labelled ? share(s.quantized_right, s.samples) : "-", share(s.agreed, s.samples)});
    return table(rows);
}

Json stage_json(const HdcStage& s, bool labelled) {
    const auto of = [&](size_t part) { return static_cast<double>(part) / static_cast<double>(s.samples); };
    return {{"name", s.name},
            {"samples", s.samples},
            {"original_accuracy", labelled ? Json(of(s.original_right)) : Json()},
            {"quantized_accuracy", labelled ? Json(of(s.quantized_right)) : Json()},
            {"accuracy_degradation", labelled ? Json(of(s.original_right) - of(s.quantized_right)) : Json()},
            {"agreement", of(s.agreed)}};
}

}  // namespace

std::string hdc_text(const HdcResult& result) {
    const hdc::Integer& c = result.classifier;
    std::string out =
        fmt::format("{} features, {} dimensions, {} classes\n\n{}", c.features, c.dimensions, c.classes, sizes_table(result));
    if (result.training)
        out +=
            fmt::format("\ntrained: {:.2f} % of the samples after bundling, {:.2f} % after {} epochs of corrections\n",
                        100 * result.training->bundled_accuracy, 100 * result.training->accuracy, result.training->best_epoch);
    if (!result.stages.empty()) out += "\n" + stages_table(result);
    if (result.arena_bytes) out += fmt::format("\nfeature extractor as C: arena {} bytes\n", *result.arena_bytes);
    out += "\n";
    for (const std::string& note : result.notes) out += note + "\n";
    for (const std::string& file : result.files) out += "written: " + file + "\n";
    return out;
}

std::string hdc_json(const HdcResult& result) {
    const hdc::Integer& c = result.classifier;
    Json out{{"features", c.features},
             {"dimensions", c.dimensions},
             {"classes", c.classes},
             {"feature_scale", c.feature_quant.scale[0]},
             {"feature_zero_point", c.feature_quant.zero_point[0]},
             {"projection_scale", c.projection.scale},
             {"prototypes_scale", c.prototypes.scale},
             {"similarity_one", c.similarity_one}};
    if (c.seed) out["projection_seed"] = *c.seed;
    out["components"] = Json::array();
    for (const HdcComponent& part : result.components)
        out["components"].push_back({{"name", part.name},
                                     {"stored", part.stored},
                                     {"original_bytes", part.original},
                                     {"optimized_bytes", part.optimized}});
    out["stages"] = Json::array();
    for (const HdcStage& stage : result.stages) out["stages"].push_back(stage_json(stage, result.labelled));
    if (result.training)
        out["training"] = {{"bundled_accuracy", result.training->bundled_accuracy},
                           {"accuracy", result.training->accuracy},
                           {"epochs", result.training->best_epoch}};
    if (result.arena_bytes) out["arena_bytes"] = *result.arena_bytes;
    out["predictions"] = result.predictions;
    out["labels"] = result.class_names;
    out["files"] = result.files;
    out["notes"] = result.notes;
    return out.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace tinsmith::cli

#include "data/record.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "ir/permutation.hpp"

#include <algorithm>
#include <filesystem>

namespace tinsmith {

using Json = nlohmann::ordered_json;

static constexpr std::string_view turned = "channels-last";  // how a port's note begins

Json to_json(const DataRecord& record) {
    Json out{{"preprocess", to_json(record.preprocess)}};
    if (!record.classes.empty()) out["classes"] = record.classes;
    if (!record.channels_last.empty()) out["channels_last"] = record.channels_last;
    for (const auto& [name, range] : record.ranges) out["input_ranges"][name] = {range.first, range.second};
    return out;
}

static std::vector<std::string> names(const Json& json, const char* key) {
    if (!json.contains(key)) return {};
    const bool texts = json[key].is_array() &&
                       std::all_of(json[key].begin(), json[key].end(), [](const Json& name) { return name.is_string(); });
    check(texts, "'{}' is no list of names", key);
    return json[key].get<std::vector<std::string>>();
}

DataRecord data_record_from_json(const Json& json) {
    check(json.is_object(), "'data' is no object");
    DataRecord out;
    if (json.contains("preprocess")) out.preprocess = preprocess_from_json(json["preprocess"]);
    out.classes = names(json, "classes");
    out.channels_last = names(json, "channels_last");
    if (!json.contains("input_ranges")) return out;
    check(json["input_ranges"].is_object(), "'input_ranges' is no object");
    for (const auto& [name, range] : json["input_ranges"].items()) {
        check(range.is_array() && range.size() == 2 && range[0].is_number() && range[1].is_number(),
              "'input_ranges': '{}' is not two numbers", name);
        out.ranges.emplace_back(name, std::pair{range[0].get<double>(), range[1].get<double>()});
    }
    return out;
}

DataRecord recorded_beside(const std::string& model_path) {
    const std::string path = std::filesystem::path(model_path).replace_extension(".json").string();
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return {};
    return within(path, [&]() -> DataRecord {
        const Buffer file = map_file(path);
        const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.size());
        const Json json = parse_json<Json>(text);
        if (!json.is_object() || !json.contains("data")) return {};
        return data_record_from_json(json["data"]);
    });
}

void add_recorded(DataOptions& options, Graph& graph, const std::string& model_path) {
    const DataRecord record = recorded_beside(model_path);
    options.preprocess.add_missing(record.preprocess);
    note_layouts(graph, record);
}

std::string contradiction(const Preprocess& stated, const std::string& model_path) {
    const Preprocess recorded = recorded_beside(model_path).preprocess;
    const auto& known = recorded.folded ? recorded.folded : recorded.normalize;
    if (!stated.normalize || !known) return {};
    const auto is = [&](const Normalization& other) {
        return stated.normalize->mean == other.mean && stated.normalize->deviation == other.deviation;
    };
    // A file that normalises by itself does take raw pixels.
    if (is(*known) || (recorded.folded && is(normalization_from("raw")))) return {};
    return fmt::format(
        "--normalize {} contradicts the record beside {}, which says {}: the model was made for that, and without "
        "the option it is taken from there",
        stated.normalize->text, model_path, known->text);
}

std::vector<std::string> channels_last_ports(const Graph& graph) {
    std::vector<std::string> out;
    for (const auto* ports : {&graph.inputs, &graph.outputs})
        for (const Port& port : *ports)
            if (port.note.starts_with(turned)) out.push_back(port.name);
    return out;
}

void note_layouts(Graph& graph, const DataRecord& record) {
    for (auto* ports : {&graph.inputs, &graph.outputs})
        for (Port& port : *ports) {
            const bool named =
                std::find(record.channels_last.begin(), record.channels_last.end(), port.name) != record.channels_last.end();
            const Shape& shape = graph.type(port.value).shape;
            if (!named || shape.size() < 3) continue;
            const Shape source = permuted(shape, channels_first_perm(std::ssize(shape)));
            port.note = fmt::format("{}: {} (source {})", turned, to_string(shape), to_string(source));
        }
}

}  // namespace tinsmith

#include "api/record.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/sha256.hpp"
#include "report/agreement_json.hpp"

#include <algorithm>
#include <filesystem>
#include <span>

namespace tinsmith {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

static constexpr const char* marker = "tinsmith";  // the key by which a record is recognised

std::string record_path(const std::string& output) { return fs::path(output).replace_extension(".json").string(); }

SourceFile described(const std::string& path) {
    const Buffer bytes = map_file(path);
    return {path, bytes.size(), sha256(bytes.bytes())};
}

static Json file_json(const SourceFile& file) {
    return {{"file", fs::path(file.path).filename().string()}, {"bytes", file.bytes}, {"sha256", file.sha256}};
}

// What was set on the command line and bears on the result; where data lies is no part of it.
static Json options_json(const ConvertOptions& options, Method method) {
    Json out = Json::object();
    const auto set = [&](const char* name, const auto& value, const auto& usual) {
        if (!(value == usual)) out[name] = value;
    };
    for (const auto& [name, shape] : options.read.shapes) out["shape"][name] = shape;
    if (!options.module.name.empty()) out["module"] = options.module.described();
    if (!options.module.arguments.empty()) out["module_args"] = Json::parse(options.module.arguments);
    set("module_shapes", options.module.shapes, std::vector<std::string>());
    for (const auto& [name, value] : options.read.values) out["set"][name] = value;
    set("inputs", options.read.inputs, std::vector<std::string>());
    set("outputs", options.read.outputs, std::vector<std::string>());
    set("signature", options.read.signature, std::string());
    set("unroll_rnn", options.read.unroll_rnn, true);
    set("reset_states", options.read.reset_states, false);
    set("keep_nchw", options.passes.keep_channels_first, false);
    set("widen_stride2", options.passes.widen_stride2, false);
    for (const auto& [name, layout] : options.passes.layouts) out["layouts"][name] = layout;
    set("quantize_depthwise", options.quantize_depthwise, false);
    if (method != Method::int8 && method != Method::int16x8) return out;
    const QuantizeOptions& how = options.quantize;
    out["calibration"] = how.calibration.random ? "random" : std::string(observer_name(how.calibration.observer));
    out["io"] = io_name(how.recipe.io);
    set("strict", how.recipe.strict, false);
    set("target", how.recipe.target, std::string());
    set("samples", options.data.samples.value_or(0), int64_t{0});
    set("seed", options.data.seed, uint64_t{0});
    for (const RecipeRule& rule : how.recipe.rules)
        out["rules"].push_back(
            {{"op", rule.op}, {"layer", rule.layer}, {"target", rule.target}, {"scheme", scheme_name(rule.scheme)}});
    return out;
}

static Json record_of(const ConvertOptions& options, const Conversion& conversion, const Variant& variant,
                      const DataRecord& data) {
    const bool folder = fs::is_directory(options.model);
    Json source =
        folder ? Json{{"folder", fs::path(options.model).filename().string()}} : file_json(conversion.sources.front());
    for (const SourceFile& file : std::span(conversion.sources).subspan(folder ? 0 : 1))
        source[folder ? "files" : "external"].push_back(file_json(file));
    source["format"] = conversion.format;
    Json out{{marker, TINSMITH_VERSION},
             {"method", method_name(variant.method)},
             {"source", source},
             {"output", file_json(described(variant.path))},
             {"options", options_json(options, variant.method)}};
    if (!variant.ranges_digest.empty()) out["ranges_sha256"] = variant.ranges_digest;
    out["data"] = to_json(data);
    Json results{{"operators", Json::object()}, {"notes", variant.notes}};
    for (const auto& [name, count] : variant.operators) results["operators"][name] = count;
    if (variant.agreement) results["agreement"] = agreement_json(*variant.agreement);
    out["results"] = results;
    return out;
}

static bool same_bytes(const std::string& a, const std::string& b) {
    std::error_code error;
    if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
    if (fs::file_size(a) == 0) return true;
    const Buffer x = map_file(a), y = map_file(b);
    return std::equal(x.bytes().begin(), x.bytes().end(), y.bytes().begin());
}

static bool is_record(const std::string& path) {
    std::error_code error;
    if (fs::file_size(path, error) == 0) return false;
    const Buffer file = map_file(path);
    const Json json =
        Json::parse(std::string_view(reinterpret_cast<const char*>(file.bytes().data()), file.size()), nullptr, false);
    return json.is_object() && json.contains(marker);
}

void refuse_other_result(const std::string& path, const std::string& written) {
    std::error_code error;
    check(!fs::exists(path, error) || same_bytes(path, written),
          "'{}' exists and holds a different result; --force replaces it, -o names another place", path);
    const std::string record = record_path(path);
    check(!fs::exists(record, error) || is_record(record),
          "'{}' exists and is not the record of a conversion; --force replaces it, -o names another place", record);
}

void write_record(const ConvertOptions& options, const Conversion& conversion, const Variant& variant, const DataRecord& data) {
    const Json record = record_of(options, conversion, variant, data);
    write_file(record_path(variant.path), [&](ByteSink& sink) { sink.write_text(json_text(record, 2) + "\n"); });
}

}  // namespace tinsmith

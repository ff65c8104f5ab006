#include "quant/ranges.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/sha256.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <unordered_map>
#include <unordered_set>

namespace tinsmith {

using Json = nlohmann::ordered_json;

// Names come from files and may be no UTF-8, which JSON must be.
static std::string printable(const std::string& name) {
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return plain ? name : Json::parse(json_text(Json(name))).get<std::string>();
}

std::vector<std::string> unique_names(const Graph& graph) {
    std::vector<std::string> names(graph.values.size());
    std::unordered_set<std::string> taken;
    std::unordered_map<std::string, int> uses;
    for (size_t i = 0; i < names.size(); ++i) {
        const std::string base = graph.values[i].name.empty() ? "value" : printable(graph.values[i].name);
        names[i] = base;
        while (!taken.insert(names[i]).second)
            names[i] = fmt::format("{}#{}", base, uses.try_emplace(base, 1).first->second += 1);
    }
    return names;
}

// The double that prints with the fewest digits and is still this float.
static double shortest(float value) { return std::strtod(fmt::format("{}", value).c_str(), nullptr); }

static Json pair(const Range& range) { return {shortest(range.min), shortest(range.max)}; }

static Json entry(const Observation& o) {
    Json json{{"range", pair(o.range)}, {"seen", pair(o.seen)}, {"outside", o.outside}, {"count", o.count}};
    if (o.state) json["state"] = pair(*o.state);
    return json;
}

std::string to_json(const Graph& graph, const Ranges& ranges) {
    const std::vector<std::string> names = unique_names(graph);
    Json tensors = Json::object();
    for (ValueId id = 0; id < names.size(); ++id)
        if (const Observation* o = ranges.of(id)) tensors[names[id]] = entry(*o);
    const Json json{{"samples", ranges.samples}, {"method", ranges.method}, {"random", ranges.random}, {"tensors", tensors}};
    return json_text(json, 1) + "\n";
}

std::string digest(const Graph& graph, const Ranges& ranges) { return sha256(to_json(graph, ranges)); }

static float bound(const Json& json) {
    check(json.is_number(), "{} is no number", json_excerpt(json));
    const auto value = static_cast<float>(json.get<double>());
    check(std::isfinite(value), "{} is no finite float", json_excerpt(json));
    return value;
}

static Range range_of(const Json& json) {
    check(json.is_array() && json.size() == 2, "{} is not a pair [min, max]", json_excerpt(json));
    const Range range{bound(json[0]), bound(json[1])};
    check(range.min <= range.max, "the minimum {} is above the maximum {}", range.min, range.max);
    return range;
}

// The member, or nothing; a member of another kind is an error.
static const Json* member(const Json& json, const char* key, Json::value_t kind) {
    const auto at = json.find(key);
    if (at == json.end()) return nullptr;
    const bool counts = kind == Json::value_t::number_unsigned;
    check(counts ? at->is_number_integer() && *at >= 0 && *at <= INT64_MAX
                 : at->type() == kind || (kind == Json::value_t::number_float && at->is_number()),
          "\"{}\" is {}", key, json_excerpt(*at));
    return &*at;
}

static Observation observation_of(const Json& json) {
    check(json.is_object() && json.contains("range"), "it has no \"range\": [min, max]");
    Observation o;
    o.range = range_of(json["range"]);
    o.seen = json.contains("seen") ? range_of(json["seen"]) : o.range;
    if (const Json* outside = member(json, "outside", Json::value_t::number_float)) o.outside = outside->get<double>();
    if (const Json* count = member(json, "count", Json::value_t::number_unsigned)) o.count = count->get<int64_t>();
    if (json.contains("state")) o.state = range_of(json["state"]);
    return o;
}

RangesFile ranges_of(const Graph& graph, std::string_view text) {
    const Json json = parse_json<Json>(text);
    check(json.is_object(), "it is no JSON object");
    RangesFile file;
    Ranges& ranges = file.ranges;
    if (const Json* samples = member(json, "samples", Json::value_t::number_unsigned)) ranges.samples = samples->get<int64_t>();
    if (const Json* method = member(json, "method", Json::value_t::string)) ranges.method = method->get<std::string>();
    if (const Json* random = member(json, "random", Json::value_t::boolean)) ranges.random = random->get<bool>();
    const Json* tensors = member(json, "tensors", Json::value_t::object);
    check(tensors != nullptr, "it has no \"tensors\"");

    const std::vector<std::string> names = unique_names(graph);
    std::unordered_map<std::string, ValueId> ids;
    for (ValueId id = 0; id < names.size(); ++id)
        if (graph.type(id).dtype == DType::f32 && !graph.is_constant(id)) ids.emplace(names[id], id);
    ranges.tensors.resize(graph.values.size());
    size_t known = 0;
    for (const auto& [name, value] : tensors->items()) {
        const auto at = ids.find(name);
        if (at == ids.end()) {
            file.notes.push_back(fmt::format("the model has no float tensor '{}'", name));
            continue;
        }
        ranges.tensors[at->second] = within(fmt::format("tensor '{}'", name), [&] { return observation_of(value); });
        ++known;
    }
    check(known > 0, "none of its {} tensors is one of this model: it belongs to another", tensors->size());
    return file;
}

RangesFile load_ranges(const Graph& graph, const std::string& path) {
    return within(path, [&] {
        const Buffer file = map_file(path);
        return ranges_of(graph, {reinterpret_cast<const char*>(file.bytes().data()), file.size()});
    });
}

void save_ranges(const Graph& graph, const Ranges& ranges, const std::string& path) {
    write_file(path, [&](ByteSink& sink) { sink.write_text(to_json(graph, ranges)); });
}

}  // namespace tinsmith

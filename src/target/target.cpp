#include "target/target.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/nearest.hpp"
#include "target/files.hpp"

#include <algorithm>

namespace tinsmith {

namespace {

using Json = nlohmann::json;

const Json& member(const Json& json, const char* key) {
    check(json.is_object() && json.contains(key), "there is no '{}'", key);
    return json[key];
}

std::string text_of(const Json& json, const char* key) {
    const Json& value = member(json, key);
    check(value.is_string(), "'{}' is {}, not a text", key, json_excerpt(value));
    return value.get<std::string>();
}

double number_of(const Json& json, const char* key, double most = 1e15) {
    const Json& value = member(json, key);
    check(value.is_number() && value.get<double>() >= 0 && value.get<double>() <= most,
          "'{}' is {}, not a number from 0 to {:g}", key, json_excerpt(value), most);
    return value.get<double>();
}

double number_or(const Json& json, const char* key, double otherwise) {
    return json.contains(key) ? number_of(json, key) : otherwise;
}

uint64_t bytes_of(const Json& json, const char* key) { return static_cast<uint64_t>(number_of(json, key)); }

std::vector<std::string> texts_or_none(const Json& json, const char* key) {
    std::vector<std::string> out;
    if (!json.contains(key)) return out;
    check(json[key].is_array(), "'{}' is {}, not a list of texts", key, json_excerpt(json[key]));
    for (const Json& text : json[key]) {
        check(text.is_string(), "'{}' has {}, not a text", key, json_excerpt(text));
        out.push_back(text.get<std::string>());
    }
    return out;
}

TargetMemory memory_of(const Json& json) {
    return within("memories", [&] {
        TargetMemory out{text_of(json, "name"), bytes_of(json, "bytes"), number_or(json, "slower", 1)};
        check(out.bytes > 0 && out.slower >= 1, "'{}' has no bytes, or is faster than the first", out.name);
        return out;
    });
}

template <class T>
std::optional<T> limit_of(const Json& json, const char* key) {
    if (!json.contains(key)) return std::nullopt;
    return static_cast<T>(number_of(json, key));
}

std::vector<std::string> names_in(std::string_view folder) {
    std::vector<std::string> out;
    for (const DataFile& file : target_files())
        if (file.folder == folder) out.emplace_back(file.name);
    return out;
}

const DataFile* file_named(std::string_view folder, std::string_view name) {
    for (const DataFile& file : target_files())
        if (file.folder == folder && file.name == name) return &file;
    return nullptr;
}

Core core_named(const std::string& name) {
    const DataFile* file = file_named("cores", name);
    check(file != nullptr, "there is no core '{}'; the nearest are {}", name, nearest_names(name, names_in("cores")));
    return parse_core(file->text);
}

std::map<std::string, Work, std::less<>> work_of(const Json& work) {
    check(work.is_object() && work.contains("otherwise") && work.contains("node"),
          "'instructions' or 'cycles' lacks 'otherwise' or 'node'");
    std::map<std::string, Work, std::less<>> out;
    for (const auto& [name, figures] : work.items())
        out[name] = {number_or(figures, "per_mac", 0), number_or(figures, "per_input", 0), number_or(figures, "per_output", 0),
                     number_or(figures, "per_tap", 0), number_or(figures, "each", 0)};
    return out;
}

// A user's own file, by its path.
std::optional<std::string> own_file(const std::string& name) {
    if (!name.ends_with(".json")) return std::nullopt;
    const Buffer file = map_file(name);
    return std::string(reinterpret_cast<const char*>(file.bytes().data()), file.size());
}

}  // namespace

uint64_t Target::ram_bytes() const {
    uint64_t sum = 0;
    for (const TargetMemory& memory : memories) sum += memory.bytes;
    return sum;
}

Core parse_core(std::string_view json) {
    const Json root = parse_json(json);
    Core out;
    out.name = text_of(root, "name");
    out.title = text_of(root, "title");
    out.instruction_set = text_of(root, "instruction_set");
    out.kernels = texts_or_none(root, "kernels");
    out.work = work_of(member(root, "instructions"));
    out.cycles_per_instruction = number_of(root, "cycles_per_instruction");
    out.error = number_of(root, "error");
    out.instructions_error = number_or(root, "instructions_error", out.error);
    out.source = text_of(root, "source");
    if (!root.contains("libraries")) return out;
    check(root["libraries"].is_object(), "'libraries' is {}, not an object", json_excerpt(root["libraries"]));
    for (const auto& [name, library] : root["libraries"].items())
        out.libraries[name] = {work_of(member(library, "cycles")), number_of(library, "error"), text_of(library, "source")};
    return out;
}

Target parse_target(std::string_view json) {
    const Json root = parse_json(json);
    Target out;
    out.name = text_of(root, "name");
    out.title = text_of(root, "title");
    out.aliases = texts_or_none(root, "aliases");
    out.core = core_named(text_of(root, "core"));
    constexpr double megahertz = 1e6, milliwatt = 1e-3;
    out.clock_hz = number_of(root, "clock_mhz") * megahertz;
    check(out.clock_hz > 0, "'clock_mhz' is 0");
    out.power_watts = number_of(root, "power_mw") * milliwatt;
    const Json& memories = member(root, "memories");
    check(memories.is_array() && !memories.empty(), "'memories' is {}, not a list", json_excerpt(memories));
    for (const Json& memory : memories) out.memories.push_back(memory_of(memory));
    out.flash_bytes = bytes_of(root, "flash_bytes");
    out.flash_bytes_per_second = number_or(root, "flash_mb_per_second", 0) * 1e6;
    out.toolchain = text_of(root, "toolchain");
    if (root.contains("sources"))
        for (const auto& [what, source] : root["sources"].items()) out.sources[what] = text_of(root["sources"], what.c_str());
    return out;
}

Budget parse_budget(std::string_view json) {
    const Json root = parse_json(json);
    return {text_of(root, "name"),
            text_of(root, "title"),
            limit_of<uint64_t>(root, "size_bytes"),
            limit_of<uint64_t>(root, "ram_bytes"),
            limit_of<double>(root, "latency_ms"),
            limit_of<uint64_t>(root, "parameters"),
            limit_of<uint64_t>(root, "operations")};
}

std::vector<std::string> target_names() { return names_in("boards"); }
std::vector<std::string> budget_names() { return names_in("budgets"); }

Target find_target(const std::string& name) {
    if (const auto own = own_file(name)) return within(name, [&] { return parse_target(*own); });
    if (const DataFile* file = file_named("boards", name)) return parse_target(file->text);
    std::vector<std::string> known = target_names();
    for (const std::string& board : target_names()) {
        Target target = parse_target(file_named("boards", board)->text);
        if (std::find(target.aliases.begin(), target.aliases.end(), name) != target.aliases.end()) return target;
        known.insert(known.end(), target.aliases.begin(), target.aliases.end());
    }
    fail(Fault::input,
         "there is no target '{}'; the nearest are {}. `tinsmith fit --list` has them all, and a .json file describes another",
         name, nearest_names(name, known));
}

Target with_library(Target target, const std::string& name) {
    Core& core = target.core;
    const auto found = core.libraries.find(name);
    std::vector<std::string> known{"portable"};
    for (const auto& [library, figures] : core.libraries) known.push_back(library);
    check(found != core.libraries.end() || name == "portable", "--kernels '{}': of {} figures are known of {}", name,
          target.name, nearest_names(name, known));
    if (found == core.libraries.end()) return target;
    // What the library has no function for stays as it is.
    for (const auto& [what, work] : core.work)
        if (what.starts_with("Hdc")) core.libraries[name].work.try_emplace(what, work.per_mac * core.cycles_per_instruction);
    KernelLibrary library = core.libraries[name];
    core.work = std::move(library.work);
    core.cycles_per_instruction = 1;
    core.error = core.instructions_error = library.error;
    core.source = std::move(library.source);
    core.libraries.clear();
    return target;
}

Budget find_budget(const std::string& name) {
    if (const auto own = own_file(name)) return within(name, [&] { return parse_budget(*own); });
    const DataFile* file = file_named("budgets", name);
    check(file != nullptr, "there is no budget '{}'; the nearest are {}, and a .json file describes another", name,
          nearest_names(name, budget_names()));
    return parse_budget(file->text);
}

}  // namespace tinsmith

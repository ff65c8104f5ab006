#include "quant/recipe.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/nearest.hpp"
#include "op/list.hpp"

#include <algorithm>
#include <array>

namespace tinsmith {

namespace {

using nlohmann::json;

template <class E>
using Names = std::vector<std::pair<std::string_view, E>>;

const Names<Scheme>& scheme_names() {
    static const Names<Scheme> names{{"float", Scheme::stays_float},
                                     {"weights_only", Scheme::weights_only},
                                     {"int8", Scheme::int8},
                                     {"int16x8", Scheme::int16x8}};
    return names;
}

const Names<Io>& io_names() {
    static const Names<Io> names{{"int8", Io::int8}, {"uint8", Io::uint8}, {"float32", Io::float32}};
    return names;
}

template <class E>
std::string_view name_of(const Names<E>& names, E value) {
    return std::find_if(names.begin(), names.end(), [&](const auto& row) { return row.second == value; })->first;
}

template <class E>
std::optional<E> from_name(const Names<E>& names, std::string_view name) {
    const auto row = std::find_if(names.begin(), names.end(), [&](const auto& r) { return r.first == name; });
    return row == names.end() ? std::nullopt : std::optional(row->second);
}

// '*' stands for any characters.
bool fits(std::string_view text, std::string_view pattern) {
    const size_t star = pattern.find('*');
    if (star == std::string_view::npos) return text == pattern;
    if (!text.starts_with(pattern.substr(0, star))) return false;
    const std::string_view rest = pattern.substr(star + 1);
    for (size_t at = star; at <= text.size(); ++at)
        if (fits(text.substr(at), rest)) return true;
    return false;
}

std::string text_of(const json& value, std::string_view key) {
    check(value.is_string(), "'{}' is {}, not a text", key, json_excerpt(value));
    return value.get<std::string>();
}

template <class E>
E named(const Names<E>& names, const json& value, std::string_view key) {
    const std::string name = text_of(value, key);
    const std::optional<E> found = from_name(names, name);
    std::vector<std::string> known;
    for (const auto& row : names) known.emplace_back(row.first);
    check(found.has_value(), "'{}': there is no '{}'; the nearest are {}", key, name, nearest_names(name, known));
    return *found;
}

RecipeRule rule_of(const json& item) {
    check(item.is_object(), "a rule is {}, not an object", json_excerpt(item));
    RecipeRule rule;
    bool stated = false;
    for (const auto& [key, value] : item.items()) {
        if (key == "op") {
            rule.op = text_of(value, key);
            check(find_op(rule.op) != nullptr, "there is no operator '{}'; tinsmith operators lists them", rule.op);
        } else if (key == "layer") {
            rule.layer = text_of(value, key);
            check(std::count(rule.layer.begin(), rule.layer.end(), '*') <= 4, "'{}' has more than four '*'", rule.layer);
        } else if (key == "target") {
            rule.target = text_of(value, key);
        } else if (key == "scheme") {
            rule.scheme = named(scheme_names(), value, key);
            stated = true;
        } else {
            fail(Fault::input, "a rule has 'op', 'layer', 'target' and 'scheme', not '{}'", key);
        }
    }
    check(stated, "a rule has no 'scheme'");
    return rule;
}

}  // namespace

std::string_view scheme_name(Scheme scheme) { return name_of(scheme_names(), scheme); }
std::optional<Scheme> scheme_from_name(std::string_view name) { return from_name(scheme_names(), name); }
std::string_view io_name(Io io) { return name_of(io_names(), io); }
std::optional<Io> io_from_name(std::string_view name) { return from_name(io_names(), name); }

Scheme scheme_of(const Recipe& recipe, const Graph& graph, const Node& node) {
    Scheme scheme = recipe.scheme;
    for (const RecipeRule& rule : recipe.rules) {
        const bool layer = rule.layer.empty() || fits(node.origin, rule.layer) ||
                           (!node.outputs.empty() && fits(graph.value(node.outputs[0]).name, rule.layer));
        if ((rule.op.empty() || rule.op == node.op->name) && (rule.target.empty() || rule.target == recipe.target) && layer)
            scheme = rule.scheme;
    }
    return scheme;
}

void read_recipe(std::string_view text, Recipe& recipe) {
    const json document = parse_json(text);
    check(document.is_object(), "it is no JSON object");
    for (const auto& [key, value] : document.items()) {
        if (key == "scheme") {
            recipe.scheme = named(scheme_names(), value, key);
        } else if (key == "io") {
            recipe.io = named(io_names(), value, key);
        } else if (key == "strict") {
            check(value.is_boolean(), "'strict' is {}, neither true nor false", json_excerpt(value));
            recipe.strict = value.get<bool>();
        } else if (key == "rules") {
            check(value.is_array(), "'rules' is {}, not a list", json_excerpt(value));
            for (const json& item : value) recipe.rules.push_back(rule_of(item));
        } else {
            fail(Fault::input, "a recipe has 'scheme', 'io', 'strict' and 'rules', not '{}'", key);
        }
    }
}

void load_recipe(const std::string& path, Recipe& recipe) {
    within(fmt::format("recipe {}", path), [&] {
        const Buffer file = map_file(path);
        read_recipe({reinterpret_cast<const char*>(file.bytes().data()), file.size()}, recipe);
    });
}

}  // namespace tinsmith

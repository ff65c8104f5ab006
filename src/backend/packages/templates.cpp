#include "backend/packages/templates.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace tinsmith::packages {

namespace {

struct Template {
    std::string_view name, text;
};

constexpr Template all[] = {
#define TEMPLATE(name, text) {name, text},
#include "package_templates.inc"  // written by CMake from templates/
#undef TEMPLATE
};

bool is_key(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(),
                                        [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

}  // namespace

std::string filled(std::string_view name, const Values& values) {
    const auto* found = std::find_if(std::begin(all), std::end(all), [&](const Template& t) { return t.name == name; });
    if (found == std::end(all)) fail(Fault::internal, "there is no template '{}'", name);
    std::string out;
    std::string_view rest = found->text;
    while (true) {
        const size_t at = rest.find('@'), end = at == rest.npos ? rest.npos : rest.find('@', at + 1);
        if (end == rest.npos) return out.append(rest);
        const std::string_view key = rest.substr(at + 1, end - at - 1);
        if (!is_key(key)) {  // an '@' that is none of ours
            out.append(rest.substr(0, at + 1));
            rest.remove_prefix(at + 1);
            continue;
        }
        const auto value = values.find(key);
        if (value == values.end()) fail(Fault::internal, "template '{}': nothing stands in for '{}'", name, key);
        out.append(rest.substr(0, at)).append(value->second);
        rest.remove_prefix(end + 1);
        const bool alone = value->second.empty() && (out.empty() || out.back() == '\n') && rest.starts_with('\n');
        if (alone) rest.remove_prefix(1);
    }
}

}  // namespace tinsmith::packages

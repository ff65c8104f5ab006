#include "backend/c/kernel_source.hpp"

#include "backend/c/layout.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <map>
#include <set>

extern "C" {
#define KERNEL_NAME(name) void name(void);
#include "kernel_source.inc"
}

namespace tinsmith::c99 {

namespace {

bool in_identifier(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
    return text;
}

// Where the item that starts `text` ends: behind a function's body, or behind the ';' of anything else.
size_t end_of_item(std::string_view text, bool& is_function) {
    int braces = 0, parentheses = 0;
    bool body = false;
    char before = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '(') ++parentheses;
        if (c == ')') --parentheses;
        if (c == '{') {
            if (braces == 0 && before == ')') body = true;
            ++braces;
        }
        if (c == '}' && --braces == 0 && body) {
            is_function = true;
            return i + 1;
        }
        if (c == ';' && braces == 0 && parentheses == 0) return i + 1;
        if (!std::isspace(static_cast<unsigned char>(c))) before = c;
    }
    return text.size();
}

// The identifier that ends at `end`, or before spaces there.
std::string identifier_before(std::string_view text, size_t end) {
    while (end > 0 && !in_identifier(text[end - 1])) --end;
    size_t begin = end;
    while (begin > 0 && in_identifier(text[begin - 1])) --begin;
    return std::string(text.substr(begin, end - begin));
}

Definition definition_of(std::string_view file, std::string_view text, bool is_function) {
    Definition out;
    out.file = file;
    out.is_function = is_function;
    out.uses = identifiers(text);
    if (is_function) {
        out.name = identifier_before(text, text.find('('));
    } else if (text.starts_with("typedef")) {
        out.name = identifier_before(text, text.size());
        const bool enumeration = text.find("enum") != std::string_view::npos;
        for (const std::string& use : out.uses)
            if (enumeration && use.starts_with("TIN_")) out.also.push_back(use);
    } else {
        out.name = identifier_before(text, std::min(text.find('['), text.find('=')));
    }
    const bool named_static = text.starts_with("static") || !is_function;
    out.text = laid_out((named_static ? "" : "static ") + std::string(text));
    return out;
}

const std::vector<Definition>& all_definitions() {
    static const std::vector<Definition> all = [] {
        std::vector<Definition> list;
        std::set<std::string> seen;
        const auto add = [&](std::string_view file, std::string_view text) {
            for (Definition& d : definitions_of(file, text))
                if (seen.insert(d.text).second) list.push_back(std::move(d));
        };
#define KERNEL_FILE(name, text) add(name, text);
#include "kernel_source.inc"
        return list;
    }();
    return all;
}

// Visits what a definition needs before the definition itself.
class Closure {
public:
    Closure() {
        for (const Definition& d : all_definitions()) {
            by_name_.emplace(d.name, &d);
            for (const std::string& name : d.also) by_name_.emplace(name, &d);
        }
    }

    // `user` is what refers to the name; null: the caller.
    void add(const std::string& name, const Definition* user = nullptr) {
        const auto found = by_name_.find(name);
        if (found == by_name_.end()) return;
        const Definition* chosen = found->second;
        // Names without the prefix belong to what follows in their file; elsewhere they are a parameter or a variable.
        if (!is_shared(name) && (!user || chosen->file != user->file || chosen > user)) return;
        if (!visited_.insert(chosen).second) return;
        for (const std::string& use : chosen->uses)
            if (use != chosen->name) add(use, chosen);
        ordered.push_back(chosen);
    }

    bool defines(const std::string& name) const { return by_name_.contains(name); }
    std::vector<const Definition*> ordered;

private:
    static bool is_shared(std::string_view name) { return name.starts_with("tin_") || name.starts_with("TIN_"); }

    std::map<std::string, const Definition*> by_name_;
    std::set<const Definition*> visited_;
};

}  // namespace

std::vector<std::string> identifiers(std::string_view text) {
    std::vector<std::string> out;
    std::set<std::string_view> seen;
    for (size_t i = 0; i < text.size();) {
        if (!in_identifier(text[i])) {
            ++i;
            continue;
        }
        size_t end = i;
        while (end < text.size() && in_identifier(text[end])) ++end;
        const std::string_view word = text.substr(i, end - i);
        if (!std::isdigit(static_cast<unsigned char>(word[0])) && seen.insert(word).second) out.emplace_back(word);
        i = end;
    }
    return out;
}

std::vector<Definition> definitions_of(std::string_view file, std::string_view expanded) {
    std::vector<Definition> out;
    for (std::string_view rest = trimmed(expanded); !rest.empty();) {
        bool is_function = false;
        const size_t end = end_of_item(rest, is_function);
        const std::string_view item = trimmed(rest.substr(0, end));
        rest = trimmed(rest.substr(end));
        const bool declaration = !is_function && item.find('=') == std::string_view::npos && !item.starts_with("typedef");
        if (item != ";" && !declaration) out.push_back(definition_of(file, item, is_function));
    }
    return out;
}

std::string_view kernel_name(const void* kernel) {
    static const std::map<const void*, std::string_view> names = [] {
        std::map<const void*, std::string_view> map{{reinterpret_cast<const void*>(&std::memcpy), "memcpy"},
                                                    {reinterpret_cast<const void*>(&std::memset), "memset"}};
#define KERNEL_NAME(name) map[reinterpret_cast<const void*>(&::name)] = #name;
#include "kernel_source.inc"
        return map;
    }();
    const auto found = names.find(kernel);
    return found == names.end() ? std::string_view{} : found->second;
}

bool is_defined(const std::string& name) {
    static const Closure known;
    return name.starts_with("tin_") && known.defines(name);
}

std::vector<std::string> kernel_names() {
    return {
#define KERNEL_NAME(name) #name,
#include "kernel_source.inc"
    };
}

std::vector<const Definition*> needed(std::span<const std::string> names) {
    Closure closure;
    for (const std::string& name : names) {
        if (!closure.defines(name)) fail(Fault::internal, "no kernel file defines '{}'", name);
        closure.add(name);
    }
    return closure.ordered;
}

}  // namespace tinsmith::c99

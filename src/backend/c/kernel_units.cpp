#include "backend/c/kernel_units.hpp"

#include "backend/c/kernel_source.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <map>
#include <regex>
#include <vector>

namespace tinsmith::c99 {

namespace {

struct Unit {
    std::string file;  // "mcu/conv.c"
    std::string text;
    std::vector<std::string> includes;              // of the same folder
    std::map<std::string, std::string> conditions;  // the #if around an include, where there is one
    std::set<std::string> own;                      // macros, static functions and types
};

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> out;
    while (!text.empty()) {
        const size_t end = std::min(text.find('\n'), text.size());
        out.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string without_comments(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 2) == "/*")
            i = std::min(text.find("*/", i), text.size() - 2) + 1;
        else
            out += text[i];
    }
    return out;
}

// What the line that starts a function or a declaration of one says; others start with a space, a '#', a brace or a comment.
bool starts_function(std::string_view line) {
    static const std::regex form(R"((__attribute__\(\([a-z_, ]*\)\) )?(const )?[a-z_0-9]+\*? tin_mcu_[a-z_0-9]+\(.*)");
    return std::regex_match(line.begin(), line.end(), form);
}

// The file's text without what one file of many does not need: its guard, its includes of kernels, declarations. Functions are static.
Unit unit_of(std::string_view file, std::string_view text) {
    Unit out;
    out.file = file;
    std::string guard;
    std::string_view condition;
    bool in_declaration = false, in_cplusplus = false;
    for (const std::string_view line : lines_of(text)) {
        if (line.starts_with("#if ")) condition = line;
        if (line == "#endif") condition = {};
        if (line.starts_with("#include \"kernel/mcu/")) {
            out.includes.emplace_back(line.substr(17, line.size() - 18));
            if (!condition.empty()) out.conditions.emplace(out.includes.back(), condition);
        }
        if (line.starts_with("#include \"")) continue;
        if (line.starts_with("#ifdef __cplusplus")) in_cplusplus = true;
        if (in_cplusplus) {
            in_cplusplus = line != "#endif";
            continue;
        }
        if (guard.empty() && line.starts_with("#ifndef TIN_KERNEL_")) {
            guard = line.substr(8);
            continue;
        }
        if (!guard.empty() && line == "#define " + guard) continue;
        if (starts_function(line)) {
            // A declaration ends before a body starts.
            const size_t at = static_cast<size_t>(line.data() - text.data());
            in_declaration = text.find(';', at) < text.find('{', at);
            if (!in_declaration) out.text += "TIN_STATIC ";
        }
        if (!in_declaration) out.text += std::string(line) + "\n";
        if (in_declaration && line.ends_with(";")) in_declaration = false;
    }
    if (!guard.empty()) out.text.erase(out.text.rfind("#endif"));
    static const std::regex macro(R"(#define ([A-Z_a-z0-9]+))"), function(R"(\nstatic [a-z_0-9 *]*?([a-z_0-9]+)\()"),
        type(R"(\n\} ([a-z_0-9]+);)");
    const std::string code = "\n" + without_comments(out.text);
    for (const std::regex& form : {macro, function, type})
        for (std::sregex_iterator it(code.begin(), code.end(), form), end; it != end; ++it) out.own.insert((*it)[1]);
    return out;
}

const std::map<std::string, Unit>& all_units() {
    static const std::map<std::string, Unit> all = [] {
        std::map<std::string, Unit> map;
#define KERNEL_UNIT(name, text) map.emplace(name, unit_of(name, text));
#include "kernel_source.inc"
        return map;
    }();
    return all;
}

class Order {
public:
    void add(const std::string& file) {
        const auto found = all_units().find(file);
        if (found == all_units().end() || !visited_.insert(file).second) return;
        for (const std::string& header : found->second.includes) {
            add(header);
            const auto condition = found->second.conditions.find(header);
            if (condition != found->second.conditions.end()) conditions.emplace(header, condition->second);
        }
        for (const std::string& header : found->second.includes) {
            const std::string source = header.substr(0, header.size() - 1) + "c";
            if (file.ends_with(".c")) add(source);
        }
        ordered.push_back(&found->second);
    }
    std::vector<const Unit*> ordered;
    std::map<std::string, std::string> conditions;  // of headers, by file

private:
    std::set<std::string> visited_;
};

std::string renamed(const std::string& text, const std::string& name, const std::string& to) {
    return std::regex_replace(text, std::regex("\\b" + name + "\\b"), to);
}

// "conv" of "mcu/conv.c".
std::string stem_of(const std::string& file) {
    const size_t slash = file.find('/');
    return file.substr(slash + 1, file.rfind('.') - slash - 1);
}

}  // namespace

UnitsText units_for(const std::set<std::string>& kernels, const std::set<std::string>& taken) {
    Order order;
    for (const std::string& kernel : kernels) {
        const auto defines = [&](const auto& entry) {
            return entry.first.ends_with(".c") && entry.second.text.find(" " + kernel + "(") != std::string::npos &&
                   entry.second.text.find("TIN_STATIC void " + kernel + "(") != std::string::npos;
        };
        const auto found = std::find_if(all_units().begin(), all_units().end(), defines);
        if (found == all_units().end()) fail(Fault::internal, "no file defines '{}'", kernel);
        order.add(found->first);
    }
    std::map<std::string, int> seen;
    for (const std::string& name : taken) ++seen[name];
    for (const Unit* unit : order.ordered)
        for (const std::string& name : unit->own) ++seen[name];
    UnitsText out;
    for (const Unit* unit : order.ordered) {
        std::string text = unit->text;
        for (const std::string& name : unit->own)
            if (seen[name] > 1 && unit->file.ends_with(".c") && !name.starts_with("tin_") && !name.starts_with("TIN_"))
                text = renamed(text, name, name + "_" + stem_of(unit->file));
        const auto condition = order.conditions.find(unit->file);
        if (condition != order.conditions.end()) text = condition->second + "\n" + text + "#endif\n";
        out.text += "\n/* " + unit->file + " */\n" + text;
        for (const std::string& use : identifiers(without_comments(text))) out.names.insert(use);
    }
    return out;
}

}  // namespace tinsmith::c99

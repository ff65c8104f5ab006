// tinsmith completion SHELL: a completion script made from the verbs and options themselves.
#include "exit_code.hpp"
#include "options.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace tinsmith::cli {

namespace {

// A verb's options and operands, those of its groups too.
std::vector<const CLI::Option*> options_of(const CLI::App& verb) {
    const bool root = verb.get_name().empty();
    std::vector<const CLI::Option*> out;
    for (const CLI::Option* option : verb.get_options({}))
        if (!root || !option->check_lname("help")) out.push_back(option);
    for (const CLI::App* group : verb.get_subcommands({})) {
        const std::vector<const CLI::Option*> more = options_of(*group);
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

// "{a,b}" and "a|b" as lists of words; of the latter those that stand for themselves.
std::vector<std::string> words_of(std::string_view text, char separator) {
    std::vector<std::string> out;
    for (size_t at = 0; at <= text.size();) {
        const size_t end = std::min(text.find(separator, at), text.size());
        const std::string_view word = text.substr(at, end - at);
        const bool itself = std::none_of(word.begin(), word.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '='; });
        if (!word.empty() && itself) out.emplace_back(word);
        at = end + 1;
    }
    return out;
}

// The values of an option that is an enumeration, or as many of them as are words; empty: it takes anything.
std::vector<std::string> choices(const CLI::Option& option) {
    const std::string type = option.get_type_name();  // "TYPE:{a,b}" where it is checked against a set
    if (const size_t set = type.find('{'); set != std::string::npos && type.back() == '}')
        return words_of(std::string_view(type).substr(set + 1, type.size() - set - 2), ',');
    const size_t bar = type.find('|');
    return bar == std::string::npos || type.find('=') < bar ? std::vector<std::string>{} : words_of(type, '|');
}

// One line of a case for each option of the verb that is an enumeration.
std::string bash_values(const CLI::App& verb) {
    std::string out;
    for (const CLI::Option* option : options_of(verb)) {
        const std::vector<std::string> values = choices(*option);
        if (values.empty() || option->get_lnames().empty()) continue;
        std::string names;
        for (const std::string& name : option->get_lnames())
            names += fmt::format("{}\"{} --{}\"", names.empty() ? "" : "|", verb.get_name(), name);
        out += fmt::format("        {}) values=\"{}\" ;;\n", names, fmt::join(values, " "));
    }
    return out;
}

// Of an operand that is an enumeration.
std::string operand_values(const CLI::App& verb) {
    for (const CLI::Option* option : options_of(verb))
        if (option->get_lnames().empty() && option->get_snames().empty())
            return fmt::format("{}", fmt::join(choices(*option), " "));
    return {};
}

std::string bash_script(const CLI::App& root) {
    std::string verbs, cases, values;
    for (const CLI::App* verb : root.get_subcommands({})) {
        verbs += (verbs.empty() ? "" : " ") + verb->get_name();
        cases += fmt::format("        {}) words=\"{}\" operands=\"{}\" ;;\n", verb->get_name(),
                             fmt::join(long_options(*verb), " "), operand_values(*verb));
        values += bash_values(*verb);
    }
    return fmt::format(
        "_tinsmith() {{\n"
        "    local word=\"${{COMP_WORDS[COMP_CWORD]}}\" before=\"${{COMP_WORDS[COMP_CWORD-1]}}\" words=\"\" operands=\"\" "
        "values=\"\"\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W \"{} --help --version\" -- \"$word\"))\n"
        "        return\n"
        "    fi\n"
        "    if [ \"$word\" = \"=\" ]; then word=\"\"; elif [ \"$before\" = \"=\" ]; then "
        "before=\"${{COMP_WORDS[COMP_CWORD-2]}}\"; fi\n"
        "    case \"${{COMP_WORDS[1]}}\" in\n{}    esac\n"
        "    case \"${{COMP_WORDS[1]}} $before\" in\n{}    esac\n"
        "    if [ -n \"$values\" ]; then\n"
        "        COMPREPLY=($(compgen -W \"$values\" -- \"$word\"))\n"
        "        return\n"
        "    fi\n"
        "    case \"$word\" in\n"
        "        -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
        "        *) COMPREPLY=($(compgen -W \"$operands\" -- \"$word\") $(compgen -f -- \"$word\")) ;;\n"
        "    esac\n"
        "}}\n"
        "complete -o filenames -F _tinsmith tinsmith\n",
        verbs, cases, values);
}

std::string fish_script(const CLI::App& root) {
    std::string out;
    for (const CLI::App* verb : root.get_subcommands({})) {
        out += fmt::format("complete -c tinsmith -n __fish_use_subcommand -a {} -d '{}'\n", verb->get_name(),
                           verb->get_description());
        for (const CLI::Option* option : options_of(*verb)) {
            const std::vector<std::string> values = choices(*option);
            std::string takes = option->get_items_expected_max() > 0 ? " -r" : "";
            if (!values.empty()) takes += fmt::format(" -a '{}'", fmt::join(values, " "));
            const std::string seen = fmt::format("complete -c tinsmith -n '__fish_seen_subcommand_from {}'", verb->get_name());
            for (const std::string& name : option->get_lnames()) out += fmt::format("{} -l {}{}\n", seen, name, takes);
            if (option->get_positional() && !values.empty()) out += fmt::format("{} -a '{}'\n", seen, fmt::join(values, " "));
        }
    }
    return out;
}

}  // namespace

void add_completion(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("completion", "Print a completion script for a shell");
    auto shell = std::make_shared<std::string>();
    verb->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    verb->footer(
        "\nExamples:\n  source <(tinsmith completion bash)\n  tinsmith completion fish > "
        "~/.config/fish/completions/tinsmith.fish");
    verb->callback([&app, &status, shell] {
        if (*shell == "zsh") fmt::print("autoload -U +X bashcompinit && bashcompinit\n");
        fmt::print("{}", *shell == "fish" ? fish_script(app) : bash_script(app));
        status = exit_ok;
    });
}

}  // namespace tinsmith::cli

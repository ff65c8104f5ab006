// tinsmith completion SHELL: a completion script made from the verbs and options themselves.
#include "exit_code.hpp"
#include "options.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace tinsmith::cli {

namespace {

std::string bash_script(const CLI::App& root) {
    std::string verbs, cases;
    for (const CLI::App* verb : root.get_subcommands({})) {
        verbs += (verbs.empty() ? "" : " ") + verb->get_name();
        cases += fmt::format("        {}) words=\"{}\" ;;\n", verb->get_name(), fmt::join(long_options(*verb), " "));
    }
    return fmt::format(
        "_tinsmith() {{\n"
        "    local word=\"${{COMP_WORDS[COMP_CWORD]}}\" words=\"\"\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W \"{} --help --version\" -- \"$word\"))\n"
        "        return\n"
        "    fi\n"
        "    case \"${{COMP_WORDS[1]}}\" in\n{}    esac\n"
        "    case \"$word\" in\n"
        "        -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
        "        *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
        "    esac\n"
        "}}\n"
        "complete -o filenames -F _tinsmith tinsmith\n",
        verbs, cases);
}

std::string fish_script(const CLI::App& root) {
    std::string out;
    for (const CLI::App* verb : root.get_subcommands({})) {
        out += fmt::format("complete -c tinsmith -n __fish_use_subcommand -a {} -d '{}'\n", verb->get_name(),
                           verb->get_description());
        for (const std::string& option : long_options(*verb))
            out += fmt::format("complete -c tinsmith -n '__fish_seen_subcommand_from {}' -l {}\n", verb->get_name(),
                               option.substr(2));
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

// The tinsmith command: parses the line, runs one verb, maps errors to exit codes.
#include "base/nearest.hpp"
#include "base/suffix.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <new>

namespace {

using namespace tinsmith;

int report(int code, const std::string& what) {
    std::fflush(stdout);
    fmt::print(stderr, "tinsmith: {}\n", what);
    return code;
}

// "help", "help VERB" and "-h VERB" as CLI11 knows them.
std::vector<std::string> words_of(int argc, char** argv) {
    std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    const bool help = !words.empty() && (words[0] == "help" || words[0] == "-h" || words[0] == "--help");
    if (help && words.size() == 2) return {words[1], "--help"};
    if (help) words[0] = "--help";
    return words;
}

// CLI11 only says that a verb is missing; people mistype one.
void check_verb(const CLI::App& app, const std::vector<std::string>& words) {
    std::vector<std::string> verbs;
    for (const CLI::App* verb : app.get_subcommands({})) verbs.push_back(verb->get_name());
    check(!words.empty(), "what is to be done? The verbs are {}. See tinsmith --help.", fmt::join(verbs, ", "));
    const std::string& first = words[0];
    if (first == "-h" || first == "--help" || first == "--version") return;
    check(!first.starts_with('-'), "a verb comes first, not '{}': tinsmith VERB {}. See tinsmith --help.", first, first);
    const bool file = has_suffix(first, {".onnx", ".pt2", ".tflite", ".keras", ".h5", ".pb", ".pth"});
    check(!file, "a verb comes first: tinsmith convert {}. The verbs are {}. See tinsmith --help.", first,
          fmt::join(verbs, ", "));
    bool known = std::find(verbs.begin(), verbs.end(), first) != verbs.end();
    check(known, "there is no verb '{}'; the nearest are {}. See tinsmith --help.", first, nearest_names(first, verbs));
}

// What CLI11 did not expect, and the nearest to the first option among it.
std::string unexpected(const CLI::App& verb) {
    const std::vector<std::string> rest = verb.remaining();
    const auto option = std::find_if(rest.begin(), rest.end(), [](const std::string& word) { return word.starts_with("--"); });
    if (option == rest.end()) {
        const bool samples = verb.get_option_no_throw("--data") != nullptr && has_suffix(rest[0], {".npy", ".npz", ".csv"});
        return fmt::format("not expected: {}{}", fmt::join(rest, " "), samples ? "; samples are named with --data" : "");
    }
    const std::string name = option->substr(0, option->find('='));
    return fmt::format("there is no option '{}'; the nearest are {}", name, nearest_names(name, cli::long_options(verb)));
}

int run(int argc, char** argv) {
    CLI::App app{"Turns trained networks into files for devices, and proves that they compute the same."};
    app.name("tinsmith");
    app.set_version_flag("--version", "tinsmith " TINSMITH_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(36);
    app.footer(
        "\nExamples:\n"
        "  tinsmith convert model.onnx -o model.tflite\n"
        "  tinsmith convert model.onnx --data samples.npy\n"
        "  tinsmith inspect model.tflite\n\n"
        "tinsmith VERB --help has the options of a verb.");
    int status = cli::exit_ok;
    cli::add_convert(app, status);
    cli::add_export(app, status);
    cli::add_inspect(app, status);
    cli::add_plan(app, status);
    cli::add_fit(app, status);
    cli::add_run(app, status);
    cli::add_compare(app, status);
    cli::add_validate(app, status);
    cli::add_predict(app, status);
    cli::add_bench(app, status);
    cli::add_recommend(app, status);
    cli::add_hdc(app, status);
    cli::add_operators(app, status);
    cli::add_completion(app, status);
    std::vector<std::string> words = words_of(argc, argv);
    check_verb(app, words);
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    try {
        app.parse(std::move(words));
    } catch (const CLI::CallForHelp& e) {
        return app.exit(e);
    } catch (const CLI::CallForVersion& e) {
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        auto verbs = app.get_subcommands();
        std::string verb = verbs.empty() ? "" : " " + verbs.front()->get_name();
        const bool extras = dynamic_cast<const CLI::ExtrasError*>(&e) && !verbs.empty();
        std::string what = extras ? unexpected(*verbs.front()) : e.what();
        return report(cli::exit_code(Fault::input), fmt::format("{}\nSee tinsmith{} --help.", what, verb));
    }
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const Error& e) {
        std::string prefix = e.fault == Fault::internal ? "internal error (please report it): " : "";
        return report(cli::exit_code(e.fault), prefix + e.what());
    } catch (const std::bad_alloc&) {
        return report(cli::exit_code(Fault::unsupported), "out of memory");
    } catch (const std::exception& e) {
        return report(cli::exit_code(Fault::internal), fmt::format("internal error (please report it): {}", e.what()));
    }
}

// The tinsmith command: parses the line, runs one verb, maps errors to exit codes.
#include "exit_code.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <new>

namespace {

using namespace tinsmith;

int report(int code, const std::string& what) {
    std::fflush(stdout);
    fmt::print(stderr, "tinsmith: {}\n", what);
    return code;
}

int run(int argc, char** argv) {
    CLI::App app{"Turns trained networks into files for devices, and proves that they compute the same."};
    app.name("tinsmith");
    app.set_version_flag("--version", "tinsmith " TINSMITH_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(36);
    app.footer("\nExamples:\n"
               "  tinsmith convert model.onnx -o model.tflite\n"
               "  tinsmith convert model.onnx --data samples.npy\n"
               "  tinsmith inspect model.tflite\n\n"
               "tinsmith VERB --help has the options of a verb.");
    int status = cli::exit_ok;
    cli::add_convert(app, status);
    cli::add_inspect(app, status);
    cli::add_run(app, status);
    cli::add_compare(app, status);
    cli::add_operators(app, status);
    cli::add_completion(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp& e) {
        return app.exit(e);
    } catch (const CLI::CallForVersion& e) {
        return app.exit(e);
    } catch (const CLI::ParseError& e) {
        auto verbs = app.get_subcommands();
        std::string verb = verbs.empty() ? "" : " " + verbs.front()->get_name();
        return report(cli::exit_code(Fault::input), fmt::format("{}\nSee tinsmith{} --help.", e.what(), verb));
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

// The verbs, one file each. Each adds its sub-command; its callback throws Error or returns the exit code through `status`.
#pragma once

#include <CLI/CLI.hpp>

namespace tinsmith::cli {

void add_convert(CLI::App& app, int& status);
void add_export(CLI::App& app, int& status);
void add_inspect(CLI::App& app, int& status);
void add_plan(CLI::App& app, int& status);
void add_fit(CLI::App& app, int& status);
void add_run(CLI::App& app, int& status);
void add_compare(CLI::App& app, int& status);
void add_validate(CLI::App& app, int& status);
void add_predict(CLI::App& app, int& status);
void add_bench(CLI::App& app, int& status);
void add_recommend(CLI::App& app, int& status);
void add_hdc(CLI::App& app, int& status);
void add_operators(CLI::App& app, int& status);
void add_completion(CLI::App& app, int& status);

}  // namespace tinsmith::cli

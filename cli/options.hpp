// Options that mean the same on every verb, and the small grammars of their values.
#pragma once

#include "api/runtime.hpp"
#include "data/samples.hpp"
#include "frontend/read_options.hpp"

#include <CLI/CLI.hpp>

namespace tinsmith::cli {

struct OutputOptions {
    bool json = false;
    bool quiet = false;
};
void add_output_options(CLI::App& app, OutputOptions& options);

// MODEL, also as --model MODEL.
void add_model_option(CLI::App& app, std::string& path);

// --shape, --set, --inputs, --outputs, --signature, --rnn as typed; parsed by read_options().
struct ReadTexts {
    std::vector<std::string> shapes, values, inputs, outputs;
    std::string signature, rnn = "unroll";
    bool reset_states = false, allow_custom = false, allow_select_tf_ops = false;
};
void add_read_options(CLI::App& app, ReadTexts& texts);
// Throws Fault::input naming the option and its form.
ReadOptions read_options(const ReadTexts& texts);

// --data, --samples, --seed, --labels-data, --labels, and the preprocessing: --normalize, --resize, --resample, --channels,
// --data-layout, --rate. A value that is not understood throws Fault::input.
void add_data_options(CLI::App& app, DataOptions& options);

// --runtime, --litert, --delegate.
void add_runtime_options(CLI::App& app, RuntimeOptions& options);
// --litert, --delegate alone.
void add_litert_options(CLI::App& app, LitertOptions& options);

// A number from 0 to 1; who writes per cent is told so.
CLI::Validator share();

// "49152", "48K", "1.5M": bytes, in units of 1,024. Throws Fault::input naming the option.
size_t parse_size(std::string_view option, const std::string& text);

// --threads.
void add_threads_option(CLI::App& app, int& threads);

// "--method", …: every option of a verb, those of its groups too.
std::vector<std::string> long_options(const CLI::App& verb);

}  // namespace tinsmith::cli

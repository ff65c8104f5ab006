// tinsmith hdc: a hyperdimensional classifier as C for a device.
#include "api/hdc.hpp"
#include "exit_code.hpp"
#include "hdc_report.hpp"
#include "options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <thread>

namespace tinsmith::cli {

namespace {

struct HdcLine {
    HdcOptions hdc;
    bool train = false;
    ReadTexts read;
    OutputOptions shown;
};

int hdc_verb(HdcLine& line) {
    check(line.train || !line.hdc.file.empty(), "hdc: name the file with projection and prototypes, or --train");
    check(!line.train || line.hdc.file.empty(), "--train makes projection and prototypes; '{}' has them already",
          line.hdc.file);
    line.hdc.read = read_options(line.read);
    line.hdc.train.seed = line.hdc.data.seed;
    line.hdc.progress = progress_line(line.shown.quiet || line.shown.json);
    const HdcResult result = build_hdc(line.hdc);
    if (line.shown.json)
        fmt::print("{}\n", hdc_json(result));
    else if (!line.shown.quiet)
        fmt::print("{}", hdc_text(result));
    return exit_ok;
}

}  // namespace

void add_hdc(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("hdc", "Write a hyperdimensional classifier (projection, prototypes) as integer C");
    auto line = std::make_shared<HdcLine>();
    HdcOptions& o = line->hdc;
    o.threads = static_cast<int>(std::max(1U, std::min(256U, std::thread::hardware_concurrency())));
    verb->add_option("FILE", o.file, "Projection and prototypes: .pth, .pt, .safetensors or .npz")->type_name("");
    verb->add_option("-o,--output", o.output, "The folder for the C files")->type_name("FOLDER");
    verb->add_option("--model", o.model, "The feature extractor: an int8 .tflite")->type_name("PATH");
    verb->add_option("--reference", o.reference, "The float model that it was converted from: stages are measured against it")
        ->type_name("PATH");
    verb->add_option_function<std::string>(
            "--format",
            [&o](const std::string& format) {
                o.headers_only = format == "header";
                o.must_chain = format == "c";
            },
            "c: the headers of constants, the classifier, and with --model the feature extractor and both as one; header: the "
            "headers alone")
        ->check(CLI::IsMember({"c", "header"}))
        ->default_str("c");
    verb->add_option_function<std::string>(
            "--max-ram", [&o](const std::string& size) { o.max_ram = parse_size("--max-ram", size); },
            "The most bytes that the feature extractor's arena may take: layers run in patches for it")
        ->type_name("SIZE");
    verb->add_option("--bits", o.integer.bits, "Of a stored number: 8, or 1 where a matrix is bipolar")
        ->check(CLI::IsMember({1, 8}))
        ->capture_default_str();
    verb->add_flag("--binarize", o.integer.binarize, "With --bits 1: take the signs of what is not bipolar");
    verb->add_flag("--cosine", o.integer.cosine, "Compare by the cosine: prototypes of different lengths are made equal");
    verb->add_option("--projection-key", o.projection_key, "The projection's name in FILE")
        ->capture_default_str()
        ->type_name("NAME");
    verb->add_option("--prototypes-key", o.prototypes_key, "The prototypes' name in FILE")
        ->capture_default_str()
        ->type_name("NAME");
    verb->add_option("--zero-point", o.zero_point, "Of the features, where no --model says it")
        ->check(CLI::Range(-128, 127))
        ->type_name("Z");
    verb->add_flag("--train", line->train,
                   "Without FILE: draw a bipolar projection by --seed and bundle prototypes of --data's classes");
    verb->add_option("--dimensions", o.train.dimensions, "Of a classifier that is trained")
        ->check(CLI::Range(size_t{32}, size_t{65536}))
        ->capture_default_str()
        ->type_name("D");
    verb->add_option("--epochs", o.train.epochs, "Of corrections after bundling")
        ->check(CLI::Range(0, 10000))
        ->capture_default_str()
        ->type_name("N");
    verb->add_flag("--force", o.force, "Replace files that tinsmith did not write");
    add_data_options(*verb, o.data);
    add_threads_option(*verb, o.threads);
    add_read_options(*verb, line->read);
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith hdc hdc.pth -o out/ --model features_int8.tflite --format c    from the image to the class\n"
        "  tinsmith hdc hdc.pth -o out/ --model features_int8.tflite --reference features.onnx --data x.npy --labels-data "
        "y.npy\n"
        "  tinsmith hdc hdc.npz -o out/ --bits 1 --binarize --zero-point -128\n"
        "  tinsmith hdc --train --seed 1 --model features_int8.tflite --data train.npy --labels-data y.npy -o out/");
    verb->callback([line, &status] { status = hdc_verb(*line); });
}

}  // namespace tinsmith::cli

// tinsmith convert: a model in, proven TFLite files out.
#include "api/convert.hpp"
#include "convert_report.hpp"
#include "exit_code.hpp"
#include "options.hpp"
#include "quantize_options.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

#include <fmt/format.h>

namespace tinsmith::cli {

namespace {

struct ConvertLine {
    std::string model, output, method, verify = "ends";
    bool no_verify = false, fold_normalize = false, keep_nchw = false, quantize_depthwise = false, widen_stride2 = false;
    std::vector<std::string> input_layouts, output_layouts, dump_after;
    ReadTexts read;
    CheckpointModule module;
    DataOptions data;
    int threads = 1;
    OutputOptions shown;
    double threshold = 0.95;
    QuantizeTexts quantize;
    std::string target;
    bool force = false;
};

std::vector<std::pair<std::string, std::string>> layouts(const std::vector<std::string>& texts, std::string_view option) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const std::string& text : texts) {
        size_t at = text.rfind('=');
        std::string layout = at == std::string::npos ? "" : text.substr(at + 1);
        check(at > 0 && (layout == "nhwc" || layout == "nchw"), "{} '{}': expected name=nhwc or name=nchw", option, text);
        out.emplace_back(text.substr(0, at), layout);
    }
    return out;
}

std::vector<Method> methods(const std::string& text) {
    if (text.empty()) return {};
    if (text == "all") return {Method::float32, Method::dynamic_range, Method::float16, Method::int8, Method::int16x8};
    if (text == "full_integer") return {Method::int8};
    for (Method method : {Method::float16, Method::dynamic_range, Method::int8, Method::int16x8})
        if (text == method_name(method)) return {method};
    return {Method::float32};
}

ConvertOptions convert_options(const ConvertLine& line) {
    ConvertOptions out;
    out.model = line.model;
    out.output = line.output;
    out.methods = methods(line.method);
    out.all = line.method == "all" || line.method.empty();
    out.module = line.module;
    ReadTexts read = line.read;
    if (!line.module.name.empty()) out.module.shapes.swap(read.shapes);  // of the module; what it becomes is static
    out.read = read_options(read);
    out.passes.keep_channels_first = line.keep_nchw;
    out.passes.widen_stride2 = line.widen_stride2;
    out.passes.layouts = layouts(line.input_layouts, "--input-layout");
    auto more = layouts(line.output_layouts, "--output-layout");
    out.passes.layouts.insert(out.passes.layouts.end(), more.begin(), more.end());
    out.quantize_depthwise = line.quantize_depthwise;
    out.quantize = quantize_options(line.quantize, line.shown);
    out.quantize.recipe.target = line.target;
    out.verify = line.no_verify ? Verify::off : line.verify == "steps" ? Verify::steps : Verify::ends;
    out.data = line.data;
    out.fold_normalize = line.fold_normalize;
    out.threads = line.threads;
    out.force = line.force;
    out.dump_after = line.dump_after;
    out.dump = [](const std::string& text) { fmt::print("{}\n", text); };
    out.progress = progress_line(line.shown.quiet || line.shown.json);
    return out;
}

int convert_verb(const ConvertLine& line) {
    ConvertOptions options = convert_options(line);
    if (!line.module.name.empty() && !line.shown.quiet)
        fmt::print(stderr, "{} runs the code of {} to make the model of {}\n", python_command(), line.module.name, line.model);
    Conversion result = convert(options);
    if (line.shown.json)
        fmt::print("{}\n", conversion_json(result, options, line.threshold));
    else if (!line.shown.quiet)
        fmt::print("{}", conversion_text(result, options, line.threshold));
    return exit_ok;
}

// Options that shape integers, beside a method that writes none: what they ask for would silently not happen.
void refuse_idle_options(const CLI::App& integers, const ConvertLine& line) {
    if (line.method != "float32" && line.method != "float16" && line.method != "dynamic_range") return;
    for (const CLI::Option* option : integers.get_options({})) {
        const std::string name = option->get_name();
        const bool fits = name == "--recipe" || name == "--target" || (name == "--io" && line.quantize.io == "float32");
        check(fits || option->count() == 0, "{} is for integers, and --method {} writes none; int8 and int16x8 do", name,
              line.method);
    }
}

}  // namespace

void add_convert(CLI::App& app, int& status) {
    auto* verb = app.add_subcommand("convert", "Convert a model to TFLite and prove that it computes the same");
    auto line = std::make_shared<ConvertLine>();
    add_model_option(*verb, line->model);
    verb->add_option("--method", line->method,
                     "Which variant; without it: float32 (or the source's integers) for -o FILE, otherwise all")
        ->check(CLI::IsMember({"float32", "float16", "dynamic_range", "int8", "full_integer", "int16x8", "all"}))
        ->type_name("METHOD");
    verb->add_option("-o,--output", line->output, "A .tflite file, or a folder; default: the source's folder")
        ->type_name("PATH");
    verb->add_flag("--force", line->force, "Replace files that hold a different result");
    add_read_options(*verb, line->read);

    auto* checkpoint = verb->add_option_group("A checkpoint's class (runs Python with tinsmith and torch)");
    auto* module = checkpoint->add_option("--module", line->module.name,
                                          "The class of a .pth or .safetensors: its file's code is run, the weights are loaded "
                                          "strictly; with --shape (1x3x64x64, NAME=1x16:int64)");
    module->type_name("FILE.py:CLASS");
    checkpoint->add_option("--module-args", line->module.arguments, "Its arguments by name, in JSON")
        ->type_name("JSON")
        ->needs(module);

    auto* interface = verb->add_option_group("Interface of the result");
    interface->add_flag("--keep-nchw", line->keep_nchw, "Keep the source's channels-first inputs and outputs");
    interface->add_option("--input-layout", line->input_layouts, "Layout of one input")
        ->type_name("NAME=nhwc|nchw")
        ->allow_extra_args(false);
    interface->add_option("--output-layout", line->output_layouts, "Layout of one output")
        ->type_name("NAME=nhwc|nchw")
        ->allow_extra_args(false);

    interface->add_flag("--fold-normalize", line->fold_normalize, "Put --normalize into the model: raw pixels are its input");

    auto* how = verb->add_option_group("How");
    how->add_flag("--quantize-depthwise", line->quantize_depthwise,
                  "Dynamic range: quantise depthwise filters too (smaller, slower on CPUs)");
    how->add_flag("--widen-stride2", line->widen_stride2,
                  "Widen stride-2 filters where that saves a PAD: less memory, fewer operators, more time");
    how->add_option("--dump-after", line->dump_after, "Print the graph after a pass that changed it (or: all)")
        ->type_name("PASS")
        ->allow_extra_args(false);

    auto* integers = verb->add_option_group("Integers");
    add_quantize_options(*integers, line->quantize);
    integers->add_option("--target", line->target, "The runtime: LiteRT, or TFLite Micro, which computes less on integers")
        ->check(CLI::IsMember({"litert", "tflm"}));

    auto* proof = verb->add_option_group("Proof");
    auto* none = proof->add_flag("--no-verify", line->no_verify, "Do not run source and result");
    proof->add_option("--verify", line->verify, "ends: source against file; steps: every pass too")
        ->check(CLI::IsMember({"ends", "steps"}))
        ->capture_default_str()
        ->excludes(none);
    add_data_options(*proof, line->data);
    add_threads_option(*proof, line->threads);
    proof->add_option("--threshold", line->threshold, "Top-1 agreement that --data must reach")
        ->check(share())
        ->capture_default_str();
    add_output_options(*verb, line->shown);
    verb->footer(
        "\nExamples:\n"
        "  tinsmith convert model.onnx                                  all variants, beside the source\n"
        "  tinsmith convert model.onnx -o model.tflite                  one float32 file\n"
        "  tinsmith convert model.onnx --method dynamic_range -o out/\n"
        "  tinsmith convert model.onnx --shape input=1x3x320x320 --keep-nchw -o model.tflite\n"
        "  tinsmith convert model.onnx --outputs features=head.projection -o features.tflite\n"
        "  tinsmith convert weights.pth --module net.py:Net --module-args '{\"classes\": 5}' --shape 1x3x64x64\n"
        "  tinsmith convert model.onnx --data test_x.npy --samples 100  proof on real samples\n"
        "  tinsmith convert model.onnx --method int8 --data samples.npy integers, calibrated on samples");
    verb->callback([line, integers, &status] {
        refuse_idle_options(*integers, *line);
        status = convert_verb(*line);
    });
}

}  // namespace tinsmith::cli

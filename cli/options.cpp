#include "options.hpp"

#include <charconv>

namespace tinsmith::cli {

namespace {

// Splits "name=value" at its last '=': names of tensors may contain one.
std::pair<std::string, std::string> assignment(const std::string& text, std::string_view option, std::string_view example) {
    size_t at = text.rfind('=');
    check(at != std::string::npos && at > 0 && at + 1 < text.size(), "{} '{}': expected {}", option, text, example);
    return {text.substr(0, at), text.substr(at + 1)};
}

Shape shape_from(const std::string& text, const std::string& whole) {
    Shape out;
    const char* at = text.data();
    const char* end = at + text.size();
    while (true) {
        int64_t extent = 0;
        auto result = std::from_chars(at, end, extent);
        check(result.ec == std::errc() && extent > 0, "--shape '{}': expected name=1x3x224x224, positive extents", whole);
        out.push_back(extent);
        if (result.ptr == end) return out;
        check(*result.ptr == 'x' || *result.ptr == ',', "--shape '{}': extents are separated by 'x'", whole);
        at = result.ptr + 1;
    }
}

}  // namespace

std::vector<std::string> long_options(const CLI::App& verb) {
    std::vector<std::string> out;
    for (const CLI::Option* option : verb.get_options({}))
        for (const std::string& name : option->get_lnames())
            if (!verb.get_name().empty() || name != "help") out.push_back("--" + name);
    for (const CLI::App* group : verb.get_subcommands({})) {
        const std::vector<std::string> more = long_options(*group);
        out.insert(out.end(), more.begin(), more.end());
    }
    return out;
}

void add_output_options(CLI::App& app, OutputOptions& options) {
    app.add_flag("--json", options.json, "Print the result as one JSON object");
    app.add_flag("-q,--quiet", options.quiet, "Print errors only");
}

void add_model_option(CLI::App& app, std::string& path) {
    auto* position =
        app.add_option("MODEL", path, "The model: .onnx, .pt2, .tflite, .keras, .h5, .pb, or the folder of a SavedModel")
            ->type_name("");
    app.add_option("--model", path, "The same, as an option")->type_name("PATH")->excludes(position);
    app.parse_complete_callback([&app, &path] {
        if (path.empty())
            throw CLI::RequiredError(
                app.get_name() + ": MODEL (a .onnx, .pt2, .tflite, .keras, .h5 or .pb file, or the folder of a SavedModel)");
    });
}

void add_read_options(CLI::App& app, ReadTexts& texts) {
    auto* group = app.add_option_group("Reading the model");
    group->add_option("--shape", texts.shapes, "Shape of an input with symbolic dimensions; may be repeated")
        ->type_name("NAME=1x3x224x224")
        ->allow_extra_args(false);
    group
        ->add_option("--set", texts.values,
                     "Turn an input into a constant: a number, a list a,b,c or a .npy file; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    group
        ->add_option("--inputs", texts.inputs,
                     "Cut the graph: what becomes an input (tensor, node or module path; new=old renames)")
        ->type_name("A,B")
        ->delimiter(',')
        ->allow_extra_args(false);
    group->add_option("--outputs", texts.outputs, "Cut the graph: what becomes an output, e.g. features=head.projection")
        ->type_name("A,B")
        ->delimiter(',')
        ->allow_extra_args(false);
    group
        ->add_option("--signature", texts.signature,
                     "Which signature of a SavedModel; default: serving_default, or the only one")
        ->type_name("NAME");
    group->add_option("--rnn", texts.rnn, "How a GRU is written: unrolled, or as a loop (smaller, slower)")
        ->check(CLI::IsMember({"unroll", "loop"}))
        ->capture_default_str();
    group->add_flag(
        "--reset-states", texts.reset_states,
        "Every sample starts from the initial states (variables, recurrent layers) instead of what the last one left");
    auto* custom = group->add_flag("--allow-custom", texts.allow_custom,
                                   "TensorFlow: write an operator without a built-in form as a custom operator");
    group
        ->add_flag("--allow-select-tf-ops", texts.allow_select_tf_ops,
                   "TensorFlow: write it as TensorFlow's own (Flex...), for runtimes that link TensorFlow's kernels")
        ->excludes(custom);
}

ReadOptions read_options(const ReadTexts& texts) {
    ReadOptions out;
    for (const std::string& text : texts.shapes) {
        auto [name, value] = assignment(text, "--shape", "name=1x3x224x224");
        out.shapes[name] = shape_from(value, text);
    }
    for (const std::string& text : texts.values) {
        auto [name, value] = assignment(text, "--set", "name=value");
        out.values[name] = value;
    }
    out.inputs = texts.inputs;
    out.outputs = texts.outputs;
    out.signature = texts.signature;
    out.unroll_rnn = texts.rnn == "unroll";
    out.reset_states = texts.reset_states;
    out.allow_custom = texts.allow_custom;
    out.allow_select_tf_ops = texts.allow_select_tf_ops;
    return out;
}

void add_data_options(CLI::App& app, DataOptions& options) {
    auto* group = app.add_option_group("Data");
    Preprocess& how = options.preprocess;
    const auto option = [&](const std::string& name, auto set, const std::string& text) {
        return group->add_option_function<std::string>(
            name, [set](const std::string& value) { set(value); }, text);
    };
    group
        ->add_option("--data", options.path,
                     "Samples: .npy, .npz (arrays by input name), .csv (numbers, or paths and labels), a folder of images, "
                     "sounds or .npy files (sub-folders are classes), one image or .wav; default: random")
        ->type_name("PATH");
    group
        ->add_option("--samples", options.samples,
                     "How many of them, of each class its share; default: all (convert: 500), without --data one")
        ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}))
        ->type_name("N");
    group->add_option("--seed", options.seed, "Of random samples, and of the choice among --data")
        ->capture_default_str()
        ->type_name("S");
    group
        ->add_option("--labels-data", options.labels_data,
                     "The class of every sample: .npy, .npz (y, label or labels) or a text file; default: the sub-folders, "
                     "the label column, or the array y of --data")
        ->type_name("PATH");
    group->add_option("--labels", options.labels, "The names of the classes, one a line")->type_name("PATH");
    option(
        "--normalize", [&how](const std::string& text) { how.normalize = normalization_from(text); },
        "What pixels become: 0..1, -1..1, imagenet, raw, or mean=M,M,M,std=S,S,S (of 0..1; of 0..255 when any is above 1)")
        ->type_name("0..1|-1..1|imagenet|raw|mean=M,std=S");
    option(
        "--resize", [&how](const std::string& text) { how.resize = resize_from(text); },
        "Images: stretch (default), fit on black, or crop the centre")
        ->check(CLI::IsMember({"stretch", "fit", "crop"}))
        ->type_name("HOW");
    option(
        "--resample", [&how](const std::string& text) { how.antialias = text == "antialias"; },
        "Shrink images bilinearly over all pixels as Pillow and torchvision do (antialias, the default), or over two as "
        "OpenCV and tf.image.resize (plain)")
        ->check(CLI::IsMember({"antialias", "plain"}))
        ->type_name("HOW");
    option(
        "--channels", [&how](const std::string& text) { how.channels = channels_from(text); },
        "Order of an image's colours in the network; default: rgb")
        ->check(CLI::IsMember({"rgb", "bgr"}))
        ->type_name("ORDER");
    option(
        "--data-layout", [&how](const std::string& text) { how.data_layout = layout_from(text); },
        "Layout of arrays; default: the source model's")
        ->check(CLI::IsMember({"nhwc", "nchw"}))
        ->type_name("LAYOUT");
    group->add_option("--rate", how.rate, "Sounds are resampled to this rate")->check(CLI::Range(1, 1000000))->type_name("HZ");
}

void add_litert_options(CLI::App& app, LitertOptions& options) {
    app.add_option("--litert", options.library,
                   "LiteRT's shared library, or the virtual environment that has it; or TINSMITH_LITERT=PATH")
        ->type_name("PATH");
    app.add_option("--delegate", options.delegate, "LiteRT's kernels: xnnpack, none (its own), reference, or a delegate's .so")
        ->capture_default_str()
        ->type_name("xnnpack|none|reference|FILE.so");
}

void add_runtime_options(CLI::App& app, RuntimeOptions& options) {
    app.add_option_function<std::string>(
           "--runtime",
           [&options](const std::string& name) { options.runtime = name == "litert" ? Runtime::litert : Runtime::tinsmith; },
           "Where the model runs: tinsmith's exact executor, or LiteRT")
        ->check(CLI::IsMember({"tinsmith", "litert"}))
        ->default_str("tinsmith");
    app.add_flag("--plain", options.plain, "Without fast kernels: what every fast one must equal bit for bit on integers");
    add_litert_options(app, options.litert);
}

CLI::Validator share() {
    const auto check_share = [](const std::string& text) -> std::string {
        double number = 0;
        if (CLI::detail::lexical_cast(text, number) && number >= 0 && number <= 1) return {};
        const bool percent = number > 1 && number <= 100;
        return fmt::format("'{}' is no share from 0 to 1{}", text,
                           percent ? fmt::format("; {} % is {}", text, number / 100) : "");
    };
    return {check_share, "0..1"};
}

void add_threads_option(CLI::App& app, int& threads) {
    app.add_option("--threads", threads, "Samples that run side by side")
        ->check(CLI::Range(1, 256))
        ->capture_default_str()
        ->type_name("N");
}

size_t parse_size(std::string_view option, const std::string& text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
    if (!unit.empty() && (unit.back() == 'B' || unit.back() == 'b')) unit.remove_suffix(1);
    const bool kilo = unit == "K" || unit == "k" || unit == "Ki", mega = unit == "M" || unit == "m" || unit == "Mi";
    const double bytes = number * (kilo ? 1024.0 : mega ? 1024.0 * 1024 : 1.0);
    check(error == std::errc() && (unit.empty() || kilo || mega) && bytes >= 1 && bytes <= 1e12,
          "{}: '{}' is no size; write bytes, or 48K or 2M", option, text);
    return static_cast<size_t>(bytes);
}

}  // namespace tinsmith::cli

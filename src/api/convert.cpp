#include "api/convert.hpp"

#include "api/bench.hpp"
#include "api/class_names.hpp"
#include "api/record.hpp"

#include "api/open_custom.hpp"
#include "api/raw_pixels.hpp"
#include "api/workplace.hpp"
#include "base/files_of.hpp"
#include "base/nearest.hpp"
#include "data/sanity.hpp"
#include "ir/text.hpp"
#include "op/custom.hpp"
#include "op/hybrid.hpp"
#include "op/list.hpp"
#include "quant/dequantize_graph.hpp"
#include "report/inspection.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <utility>

namespace tinsmith {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".tflite";
constexpr size_t enough_samples = 500;  // ranges hardly move after that

const Tolerance& tolerance_of(Method method) {
    switch (method) {
        case Method::float32: return float32_tolerance;
        case Method::float16: return float16_tolerance;
        case Method::dynamic_range: return dynamic_range_tolerance;
        case Method::int8:
        case Method::int16x8: return integer_tolerance;
    }
    return float32_tolerance;
}

bool rounds_to_steps(const Graph& graph) {
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const Node& node) { return node.is(op::Quantize); });
}

// Where the variants go: one file, or a folder and the stem of their names.
struct Destination {
    std::string file;
    fs::path folder;
    std::string stem;

    std::string path(Method method) const {
        return file.empty() ? (folder / fmt::format("{}_{}{}", stem, method_name(method), suffix)).string() : file;
    }
};

Destination destination(const ConvertOptions& options) {
    fs::path source(options.model), output(options.output);
    if (!source.has_filename()) source = source.parent_path();  // a folder's path may end with a slash
    Destination out;
    out.stem = source.stem().string();
    if (output.extension() == suffix) {
        out.file = options.output;
        check(options.methods.size() <= 1, "-o '{}' is one file, but {} variants were asked for: name a folder", options.output,
              options.methods.size());
    } else {
        for (const Frontend& frontend : all_frontends())
            for (std::string_view other : frontend.suffixes)
                check(output.extension().string() != other || fs::is_directory(output),
                      "-o '{}': only TFLite is written yet: name a .tflite file or a folder", options.output);
        out.folder = options.output.empty() ? source.parent_path() : output;
    }
    return out;
}

// `own`: the method by which the source itself is stored.
std::vector<Method> wanted_methods(const ConvertOptions& options, const Destination& where, std::optional<Method> own) {
    if (!options.methods.empty()) return options.methods;
    if (!where.file.empty()) return {own.value_or(Method::float32)};
    return {Method::float32, Method::dynamic_range, Method::float16, Method::int8};
}

bool on_integers(Method method) { return method == Method::int8 || method == Method::int16x8; }

// Shows the graph after the passes that were asked for, and keeps each stage when the proof is to examine them.
class Stages {
public:
    explicit Stages(const ConvertOptions& options) : options_(options) {}

    AfterPass observer(std::string_view stage) {
        return [this, stage](const Pass& pass, int changed, const Graph& graph) {
            if (changed == 0) return;
            if (wants_dump(pass.name))
                options_.dump(fmt::format("// after {} ({} changed)\n{}", pass.name, changed, print(graph)));
            if (options_.verify == Verify::steps) stages.push_back({fmt::format("{}, {}", stage, pass.name), graph});
        };
    }

    void check_names() const {
        std::vector<std::string> names{"all"};
        for (auto passes : {canonical_passes(), optimizing_passes(), tflite_passes()})
            for (const Pass& pass : passes) names.emplace_back(pass.name);
        for (const std::string& wanted : options_.dump_after)
            check(std::find(names.begin(), names.end(), wanted) != names.end(),
                  "--dump-after '{}': there is no such pass; the nearest are {}", wanted, nearest_names(wanted, names));
    }

    std::vector<Stage> stages;

private:
    bool wants_dump(std::string_view name) const {
        return options_.dump && std::any_of(options_.dump_after.begin(), options_.dump_after.end(),
                                            [&](const std::string& wanted) { return wanted == "all" || wanted == name; });
    }
    const ConvertOptions& options_;
};

std::vector<std::pair<std::string, int>> histogram(const Graph& graph) {
    std::map<std::string, int> counts;
    for (const Node& node : graph.nodes) ++counts[std::string(operator_name(node))];
    std::vector<std::pair<std::string, int>> out(counts.begin(), counts.end());
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    return out;
}

// Enough runs to compare variants by; `tinsmith bench` measures well.
Timing latency_of(Graph graph) {
    constexpr int few = 3, most = 30;
    constexpr double enough_ms = 100;
    const DataOptions random{.samples = 1};
    const Samples samples(graph, random);
    const std::vector<std::vector<Buffer>> inputs{samples.inputs(0)};
    const auto runner = session_runner(std::move(graph), {.runs = 1000});
    const Timing first = time_single(*runner, inputs, 1, few);
    return time_single(*runner, inputs, 0,
                       std::clamp(static_cast<int>(enough_ms / std::max(first.median_ms, 1e-3)), few, most));
}

class Converter {
public:
    Converter(const ConvertOptions& options) : options_(options), stages_(options) {}

    Conversion run() {
        stages_.check_names();
        where_ = destination(options_);
        ReadResult source = read_source();
        Conversion out;
        out.format = source.format;
        if (!options_.module.name.empty())
            out.format = fmt::format("checkpoint of {}, {}", options_.module.described(), source.format);
        out.notes = source.notes;
        std::vector<std::string> files = files_of(options_.model);
        files.insert(files.end(), source.beside.begin(), source.beside.end());
        for (const std::string& file : files) out.source_bytes += fs::file_size(file);
        out.parameters = inspect(source.graph).parameters;
        take_data_options(source);
        const std::set<std::string> custom = custom_operators(source.graph);
        if (!custom.empty())
            take_open_source(source.graph, custom, out.notes);
        else if (options_.verify != Verify::off)
            source_ = source.graph;
        if ((source_ && custom.empty()) || !data_.path.empty()) {
            samples_.emplace(source.graph, data_);
            out.notes.insert(out.notes.end(), samples_->notes().begin(), samples_->notes().end());
        }
        classes_ = samples_ && !samples_->class_names().empty() ? samples_->class_names() : source.classes;
        compare_classes(source.graph, out.notes);
        own_ = own_method(source.graph);
        if (std::any_of(source.graph.nodes.begin(), source.graph.nodes.end(),
                        [&](const Node& node) { return is_hybrid(source.graph, node); }))
            stored_ = source.graph;
        const std::vector<Method> methods = wanted_methods(options_, where_, own_ || !stored_ ? own_ : Method::dynamic_range);
        if (!data_.path.empty() && std::any_of(methods.begin(), methods.end(), on_integers)) check_data(out.notes);
        if (!where_.folder.empty()) fs::create_directories(where_.folder);
        if (std::any_of(methods.begin(), methods.end(), [&](Method method) { return dequantises(method); }))
            floats_ = optimised(dequantized(source.graph));
        Graph graph = optimised(std::move(source.graph));
        for (size_t i = 0; i < methods.size(); ++i) {
            bool last = i + 1 == methods.size();
            const bool as_stored = stored_ && methods[i] == Method::dynamic_range;
            out.variants.push_back(variant(as_stored                 ? *stored_
                                           : dequantises(methods[i]) ? *floats_
                                           : last                    ? std::exchange(graph, {})
                                                                     : graph,
                                           methods[i]));
            const Variant& written = out.variants.back();
            if (!written.refusal.empty()) continue;
            if (out.sources.empty())
                for (const std::string& file : files) out.sources.push_back(described(file));
            write_record(options_, out, written, data_record(written));
        }
        if (!classes_.empty()) {
            out.labels = labels_path(where_.file.empty() ? (where_.folder / where_.stem).string() : where_.file);
            write_labels(out.labels, classes_);
        }
        return out;
    }

private:
    ReadResult read_source() {
        if (options_.module.name.empty()) return read_model(options_.model, options_.read);
        exported_.emplace();
        return read_model(exported_checkpoint(options_.model, options_.module, exported_->path()), options_.read);
    }

    bool dequantises(Method method) const { return own_ ? method != *own_ : stored_ && method == Method::float32; }

    Graph optimised(Graph graph) {
        run_passes(graph, canonical_passes(), options_.passes, stages_.observer("canonical"));
        run_passes(graph, optimizing_passes(), options_.passes, stages_.observer("optimised"));
        return graph;
    }

    // Only their own runtime computes custom operators: what stands before and behind them is proven, on random samples.
    void take_open_source(const Graph& graph, const std::set<std::string>& custom, std::vector<std::string>& notes) {
        const std::string names = fmt::format("{}", fmt::join(custom, ", "));
        const ReadOptions& read = options_.read;
        if (read.allow_custom || read.allow_select_tf_ops) {
            check(options_.quantize.recipe.target != "tflm", "--target tflm: TFLite Micro has no kernels for {}", names);
            check(!options_.quantize.recipe.strict, "--strict: {} would be custom operators", names);
        }
        Graph open = graph;
        const bool opens = options_.verify != Verify::off && open_custom(open);
        notes.push_back(fmt::format("WARNING: {}: only their own runtime computes the custom operators {}",
                                    opens ? "proven but for these" : "not proven", names));
        if (!opens) return;
        source_ = std::move(open);
        between_custom_.emplace(*source_, DataOptions{.samples = 1, .seed = options_.data.seed});
    }

    void take_data_options(ReadResult& source) {
        data_ = options_.data;
        data_.model_layout = usual_layout(source.format);
        data_.most = enough_samples;
        if (!options_.fold_normalize) return;
        check(data_.preprocess.normalize.has_value(), "--fold-normalize needs --normalize: what is to be folded?");
        take_raw_pixels(source.graph, *data_.preprocess.normalize, data_);
        data_.preprocess.folded = data_.preprocess.normalize;
    }

    // A classifier has a number for each class.
    void compare_classes(const Graph& graph, std::vector<std::string>& notes) const {
        if (classes_.empty() || graph.outputs.size() != 1) return;
        const auto& [name, value, note] = graph.outputs[0];
        const Shape& shape = graph.type(value).shape;
        const bool scores = shape.size() == 2 && shape[0] == 1 && shape[1] > 1;
        if (scores && shape[1] != std::ssize(classes_))
            notes.push_back(
                fmt::format("WARNING: there are {} names of classes, and output '{}' has {} numbers: are they this model's?",
                            classes_.size(), name, shape[1]));
    }

    // Before anything is written. What the inputs showed is held against an earlier run's, and recorded.
    void check_data(std::vector<std::string>& notes) {
        const DataRecord earlier = recorded_beside(where_.path(Method::int8));
        const SampleCheck sane = check_samples(*samples_, data_, options_.threads, earlier);
        check(sane.unfit.empty() || options_.all, "{}", sane.unfit);
        unfit_ = sane.unfit;
        for (const std::string& warning : sane.warnings) notes.push_back("WARNING: " + warning);
        input_ranges_ = sane.ranges;
    }

    Variant variant(Graph graph, Method method) {
        auto start = std::chrono::steady_clock::now();
        Variant out;
        out.method = method;
        out.path = where_.path(method);
        const bool micro = options_.quantize.recipe.target == "tflm";
        TfliteOptions to{.method = method, .quantize_depthwise = options_.quantize_depthwise, .micro = micro};
        try {
            out.notes = prepare_for_tflite(graph, to, options_.passes, stages_.observer("legal for TFLite"));
            if (dequantises(method))
                out.notes.insert(out.notes.begin(),
                                 "the source's integers were replaced by the real numbers that they stand for");
            if (on_integers(method) && method != own_ && !unfit_.empty()) throw Error(Fault::unsupported, unfit_);
            if (on_integers(method) && method != own_) graph = on_integer_nodes(std::move(graph), out);
        } catch (const Error& e) {
            const bool lacks_data = e.fault == Fault::input && on_integers(method) && options_.data.path.empty();
            if ((e.fault != Fault::unsupported && !lacks_data) || !options_.all || method == Method::float32) throw;
            out.refusal = e.what();
            return out;
        }
        if (micro && on_integers(method))
            out.notes.push_back(
                "written for TFLite Micro: LiteRT refuses filters with one zero point for many scales; without --target tflm "
                "both "
                "take the file");
        out.operators = histogram(graph);
        out.inputs = graph.inputs;
        out.outputs = graph.outputs;
        write_file(
            out.path, [&](ByteSink& sink) { write_tflite(graph, to, sink); },
            [&](const std::string& written) {
                out.bytes = fs::file_size(written);
                if (source_) prove_file(written, out);
                if (!options_.force) refuse_other_result(out.path, written);
            });
        out.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return out;
    }

    Graph on_integer_nodes(Graph graph, Variant& out) const {
        QuantizeOptions how = options_.quantize;
        if (out.method == Method::int16x8) how.recipe.scheme = Scheme::int16x8;
        how.calibration.threads = options_.threads;
        how.calibration.progress = options_.progress;
        Quantized quantized = quantize(std::move(graph), data_, how);
        out.notes.insert(out.notes.end(), quantized.notes.begin(), quantized.notes.end());
        out.ranges_digest = quantized.ranges_digest;
        return std::move(quantized.graph);
    }

    // How the inputs were prepared, for later runs of the written file.
    DataRecord data_record(const Variant& written) const {
        DataRecord out;
        out.preprocess = samples_ ? samples_->preprocess() : data_.preprocess;
        out.classes = classes_;
        out.ranges = input_ranges_;
        for (const auto* ports : {&written.inputs, &written.outputs})
            for (const Port& port : *ports)
                if (port.note.starts_with("channels-last")) out.channels_last.push_back(port.name);
        return out;
    }

    // Where the source rounds to steps, sums in another order fall on the next one now and then.
    const Tolerance& tolerance_for(Method method) const {
        if (dequantises(method)) return integer_tolerance;
        if (stored_ && method != Method::dynamic_range) return dynamic_range_tolerance;  // the source rounds its activations
        if (method == own_) return float32_tolerance;
        return tolerance_of(method == Method::float32 && rounds_to_steps(*source_) ? Method::float16 : method);
    }

    // Where all extents are equal, the file alone does not say which layout its ports have.
    static void state_layouts(const std::vector<Port>& written, std::vector<Port>& read) {
        for (Port& port : read)
            for (const Port& same : written)
                if (same.name == port.name) port.note = same.note;
    }

    // Runs the source and the written file, read back from its bytes. Throws Fault::mismatch beyond the method's tolerance.
    void prove_file(const std::string& written, Variant& out) const {
        const Tolerance& tolerance = tolerance_for(out.method);
        const Samples& samples = between_custom_ ? *between_custom_ : *samples_;
        if (options_.verify == Verify::steps && !between_custom_) {
            out.steps = compare_stages(*source_, stages_.stages, samples, tolerance);
            for (const StageFinding& finding : out.steps)
                if (!finding.tensor.empty())
                    fail(Fault::mismatch, "{}: after '{}', tensor '{}' is off by {:.2g} relative to its largest value",
                         method_name(out.method), finding.stage, finding.tensor, finding.worst.relative());
        }
        ProofOptions how{.threads = options_.threads, .progress = {}};
        if (options_.progress)
            how.progress = [this](size_t done, size_t all) {
                options_.progress("comparing", static_cast<int64_t>(done), static_cast<int64_t>(all));
            };
        Graph result = within("reading back what was written", [&] { return read_model(written).graph; });
        state_layouts(out.inputs, result.inputs);
        state_layouts(out.outputs, result.outputs);
        if (between_custom_)
            check(open_custom(result), "the written file has custom operators in bodies of control flow, the source has none");
        out.agreement = prove(*source_, result, samples, how);
        if (options_.all && !between_custom_) out.latency = latency_of(std::move(result));
        for (const OutputAgreement& o : out.agreement->outputs) {
            if (tolerance.holds(o)) continue;
            if (dequantises(out.method) || (on_integers(out.method) && out.method != own_))
                out.notes.push_back(
                    fmt::format("WARNING: output '{}' keeps {:.1f} dB of its signal (SQNR), less than {:.0f}: see "
                                "what `tinsmith validate` says before it ships",
                                o.name, o.sqnr(), tolerance.sqnr));
            else
                fail(Fault::mismatch,
                     "{}: output '{}' of the written file differs from the source by {:.2g} relative to its largest value "
                     "(SQNR {:.1f} "
                     "dB); nothing was written. --verify=steps names the pass",
                     method_name(out.method), o.name, o.relative(), o.sqnr());
        }
    }

    const ConvertOptions& options_;
    Stages stages_;
    std::optional<Workplace> exported_;  // where the program of a checkpoint lies
    Destination where_;
    std::optional<Graph> stored_;  // the source as it was read, where it stores weights beside float activations
    std::optional<Method> own_;    // the source computes on integers already, and this is what they are
    std::optional<Graph> floats_;  // then: the real numbers that they stand for, for other methods
    DataOptions data_;
    std::string unfit_;                                                            // why no ranges can come from the samples
    std::vector<std::pair<std::string, std::pair<double, double>>> input_ranges_;  // observed, where they were looked at
    std::optional<Graph> source_;                                                  // as it was read, for the proof
    std::optional<Samples> samples_;
    std::optional<Samples> between_custom_;  // of `source_` where it is what stands between custom operators
    std::vector<std::string> classes_;       // their names, where the data or the model say them
};

}  // namespace

std::optional<Method> own_method(const Graph& graph) {
    if (!computes_on_integers(graph)) return std::nullopt;
    return integers_of(graph) == DType::i16 ? Method::int16x8 : Method::int8;
}

std::string_view method_name(Method method) {
    switch (method) {
        case Method::float32: return "float32";
        case Method::float16: return "float16";
        case Method::dynamic_range: return "dynamic_range";
        case Method::int8: return "int8";
        case Method::int16x8: return "int16x8";
    }
    return "";
}

Conversion convert(const ConvertOptions& options) { return Converter(options).run(); }

}  // namespace tinsmith
